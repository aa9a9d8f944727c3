/**
 * The API formats that several providers share, recognized by the path below `/api/compat/` or at the root.
 * @module
 */

import type { HeaderFields } from "../../http/read-headers";
import type { ErrorFormat, Provider } from "../../providers/types";
import { anthropic } from "../../providers/vendors/anthropic";
import { googleAiStudio } from "../../providers/vendors/google-ai-studio";

/** The API format of a request; errors have that format too. */
export type SharedForm = ErrorFormat;

/** The provider whose own API a format is: it defines where the model is named. */
export const FORM_OWNERS: Readonly<Record<"anthropic" | "google", Provider>> = {
  anthropic,
  google: googleAiStudio,
};

const ANTHROPIC = /^(?:v1\/)?messages(?:\/|$)/;
const OPENAI =
  /^(?:v1(?:beta|alpha)?\/)?(?:openai\/|(?:chat\/completions|completions|embeddings|responses|moderations|(?:audio|images)\/[a-z]+)$)/;
const GOOGLE = /^(?:upload\/v1|v1(?:beta|alpha)(?:\/|$)|(?:v1\/)?(?:tuned)?models\/.+:[a-z]+$)/i;

/**
 * Model lists, files and batches have the same path in all formats. For these, a header that every SDK of Anthropic's
 * and Google's sends decides.
 * @param rest As in `ProxyPath`.
 */
export function sharedForm(rest: string, headers: HeaderFields): SharedForm {
  if (ANTHROPIC.test(rest)) return "anthropic";
  // Google's docs give `v1beta/openai/` as the base URL for OpenAI's SDKs, and some leave out the middle.
  if (OPENAI.test(rest)) return "openai";
  if (GOOGLE.test(rest)) return "google";
  if (headers.has("anthropic-version")) return "anthropic";
  return headers.has("x-goog-api-key") || headers.has("x-goog-api-client") ? "google" : "openai";
}

/** Prefixes that clients write before an endpoint of OpenAI's. */
const BEFORE_ENDPOINT = /^(?:v\d[a-z\d]*\/)?(?:openai\/)?(?:v\d[a-z\d]*\/)?/;

/** What follows OpenAI's base URL: `chat/completions`. */
export function openAiEndpoint(rest: string): string {
  return rest.replace(BEFORE_ENDPOINT, "");
}

/** Whether a provider supports a format natively. */
export function speaksForm(provider: Provider, form: SharedForm): boolean {
  const { protocol, messages, openAiCompatible } = provider;
  if (form === "openai") return openAiCompatible !== null;
  return protocol === form || (form === "anthropic" && messages !== null);
}

/**
 * The path at a provider that supports a format for a call at a shared entry point.
 * @param path The part after the shared entry point.
 */
export function pathAt({ protocol, messages }: Provider, path: string): string {
  if (messages === null || protocol === "anthropic") return path;
  return path.replace(/^(?:v1\/)?messages(?=\/|$)/, messages);
}
