/**
 * The forms that several providers share, told by the path below `/api/compat/` or at the root.
 * @module
 */

import type { ErrorFormat, Provider } from "../../providers/types";
import { anthropic } from "../../providers/vendors/anthropic";
import { googleAiStudio } from "../../providers/vendors/google-ai-studio";

/** Whose API a request speaks; errors have the shape of that API. */
export type SharedForm = ErrorFormat;

/** The provider whose own API a form is: it says where the model stands. */
export const FORM_OWNERS: Readonly<Record<"anthropic" | "google", Provider>> = {
  anthropic,
  google: googleAiStudio,
};

const ANTHROPIC = /^(?:v1\/)?messages(?:\/|$)/;
const OPENAI =
  /^(?:v1(?:beta|alpha)?\/)?(?:openai\/|(?:chat\/completions|completions|embeddings|responses|moderations|(?:audio|images)\/[a-z]+)$)/;
const GOOGLE = /^(?:upload\/v1|v1(?:beta|alpha)(?:\/|$)|(?:v1\/)?(?:tuned)?models\/.+:[a-z]+$)/i;

/**
 * Lists of models, files and batches lie at one path in all of them. There, the form is told by a header that every
 * SDK of Anthropic's and of Google's sends.
 * @param rest As in `ProxyPath`.
 */
export function sharedForm(rest: string, headers: Headers): SharedForm {
  if (ANTHROPIC.test(rest)) return "anthropic";
  // Google's docs give `v1beta/openai/` as the base URL for OpenAI's SDKs, and some leave out the middle.
  if (OPENAI.test(rest)) return "openai";
  if (GOOGLE.test(rest)) return "google";
  if (headers.has("anthropic-version")) return "anthropic";
  return headers.has("x-goog-api-key") || headers.has("x-goog-api-client") ? "google" : "openai";
}

/** What clients write before an endpoint of OpenAI's. */
const BEFORE_ENDPOINT = /^(?:v\d[a-z\d]*\/)?(?:openai\/)?(?:v\d[a-z\d]*\/)?/;

/** As OpenAI's base URL is followed by: `chat/completions`. */
export function openAiEndpoint(rest: string): string {
  return rest.replace(BEFORE_ENDPOINT, "");
}

/** Whether a provider speaks a form by itself. */
export function speaksForm(provider: Provider, form: SharedForm): boolean {
  const { protocol, messages, openAiCompatible } = provider;
  if (form === "openai") return openAiCompatible !== null;
  return protocol === form || (form === "anthropic" && messages !== null);
}

/**
 * Where a provider that speaks a form has what a shared door calls.
 * @param path Below the shared door.
 */
export function pathAt({ protocol, messages }: Provider, path: string): string {
  if (messages === null || protocol === "anthropic") return path;
  return path.replace(/^(?:v1\/)?messages(?=\/|$)/, messages);
}
