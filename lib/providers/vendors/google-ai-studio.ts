/**
 * Google AI Studio (Gemini API). Facts are from ai.google.dev's API reference, Google's gen-ai SDKs, and AI Gateway's
 * pages on Google AI Studio and the realtime WebSockets API.
 * @module
 */

import { googleErrorRules } from "../answers/google-error-rules";
import { versionedPath } from "../base-path";
import { asBearer, inHeader, inQuery } from "../place-key";
import { HIDES_MODEL, PROVIDER_DEFAULTS } from "../provider-defaults";
import type { OutgoingRequest, Provider, WebSocketPlan } from "../types";
import { GOOGLE_WITHHOLDS } from "./google-withholds";

const ORIGIN = "https://generativelanguage.googleapis.com";

const OPENAI_PATH = /^(?:v1(?:beta)?\/)?(?:openai\/)?(chat\/completions|embeddings)$/;
const toGooglePath = (path: string) => {
  const openAiPath = OPENAI_PATH.exec(path)?.[1];
  return openAiPath === undefined ? path : `v1beta/openai/${openAiPath}`;
};

/** The version is added if a client left it out, and OpenAI's bare paths go to the compatible endpoint. */
export function googlePaths(origin: string): Pick<Provider, "gatewayPath" | "directUrl"> {
  const { gatewayPath, directUrl } = versionedPath(origin, "v1beta");
  return {
    gatewayPath: (path) => gatewayPath(toGooglePath(path)),
    directUrl: (path) => directUrl(toGooglePath(path)),
  };
}

const inGoogHeader = inHeader("x-goog-api-key");

/** The OpenAI-compatible endpoint uses Bearer. */
function placeKey(request: OutgoingRequest, key: string): void {
  (request.url.pathname.includes("/openai/") ? asBearer : inGoogHeader)(request, key);
}

const asApiKeyQuery = inQuery("api_key");

/**
 * The Live API. AI Gateway has it below `google`, a separate slug, and accepts the key only as a query parameter.
 * Google itself accepts the header as well (its Python SDK sends no other).
 */
const webSocket: WebSocketPlan = {
  protocol: "gemini",
  upstreamUrl(path, gatewayBase) {
    if (gatewayBase !== null) return `${gatewayBase}/google`;
    return `${ORIGIN}/${path || "ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"}`;
  },
  placeKey(request, key) {
    (request.route === "gateway" ? asApiKeyQuery : inGoogHeader)(request, key);
  },
};

export const googleAiStudio: Provider = {
  ...PROVIDER_DEFAULTS,
  slug: "google-ai-studio",
  label: "Google AI Studio",
  errorFormat: "google",
  usageFormat: "google",
  protocol: "google",
  compatSlug: "google-ai-studio",
  ...googlePaths(ORIGIN),
  placeKey,
  withholds: GOOGLE_WITHHOLDS,
  model: {
    // `models/{model}:{method}`, `tunedModels/{model}:{method}`.
    path: /(?:^|\/)(?:models\/|(?=tunedModels\/))((?:tunedModels\/)?[^/:]+)(?::|%3A)/i,
    body: ["model"],
    // Interactions may name an agent instead of a model; a batch and its requests name their own.
    further: [
      ...["agent", "batch.model", "generateContentRequest.model"],
      "batch.inputConfig.requests.requests[].request.model",
    ],
  },
  hidesModel: {
    ...HIDES_MODEL,
    // Everything but a model's own calls, whose name is one segment, the OpenAI-compatible ones, and calls that name
    // their model in the body.
    paths: [
      ...HIDES_MODEL.paths,
      /^(?!(?:.*\/)?(?:(?:models|tunedModels)\/[^/]+$|(?<!models\/)openai\/|interactions(?:\/|$)|cachedContents(?:\/|$)|chat\/completions$|embeddings$))/,
    ],
    // The lines of a file may name any model.
    fields: [...HIDES_MODEL.fields, "batch.inputConfig.fileName"],
  },
  needsModel: /(?:^|\/)(?:chat\/completions|(?:openai|v1(?:beta)?)\/embeddings)$|^embeddings$/,
  openAiCompatible: {
    chatCompletions: "v1beta/openai/chat/completions",
    embeddings: "v1beta/openai/embeddings",
    models: "v1beta/openai/models",
  },
  keyCheck: { method: "GET", path: "v1beta/models" },
  webSocket,
  keyPattern: /^(?:AIza[\w-]{35}|AQ\.[\w.-]+)$/,
  quotaDayZone: "America/Los_Angeles",
  errorRules: googleErrorRules,
};
