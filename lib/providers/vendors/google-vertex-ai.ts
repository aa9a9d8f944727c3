/**
 * Google Vertex AI. Facts are from cloud.google.com's Vertex AI REST reference and express mode pages, and AI Gateway's
 * page on Google Vertex AI.
 * @module
 */

import { googleErrorRules } from "../answers/google-error-rules";
import { hostLabel, versionedPath } from "../base-path";
import { asBearer, inHeader } from "../place-key";
import { HIDES_MODEL, PROVIDER_DEFAULTS } from "../provider-defaults";
import { ProviderPathError } from "../provider-path-error";
import type { OutgoingRequest, Provider } from "../types";
import { GOOGLE_WITHHOLDS } from "./google-withholds";

const LOCATION = /(?:^|\/)locations\/([^/]*)/;

/** Each region has its own host; `global` and express mode (no location) share one. */
function originOf(path: string): string {
  const location = LOCATION.exec(path)?.[1];
  if (location === undefined || location === "global") return "https://aiplatform.googleapis.com";
  return `https://${hostLabel(location, "the Vertex AI location")}-aiplatform.googleapis.com`;
}

const inGoogHeader = inHeader("x-goog-api-key");

/**
 * API keys (express mode) have their own header; access tokens use Bearer. AI Gateway exchanges a service account's
 * JSON, with a `region` added to it, for a token, and expects it in base64.
 */
function placeKey(request: OutgoingRequest, key: string): void {
  if (/^(?:AIza|AQ\.)/.test(key)) {
    inGoogHeader(request, key);
  } else if (!key.trimStart().startsWith("{")) {
    asBearer(request, key);
  } else if (request.route === "gateway") {
    asBearer(request, btoa(String.fromCharCode(...new TextEncoder().encode(key))));
  } else {
    throw new ProviderPathError(
      "a Vertex AI service account works only through AI Gateway; add an API key or an access token to go direct",
    );
  }
}

const { gatewayPath: withVersion } = versionedPath("", "v1");

export const googleVertexAi: Provider = {
  ...PROVIDER_DEFAULTS,
  slug: "google-vertex-ai",
  label: "Google Vertex AI",
  errorFormat: "google",
  usageFormat: "google",
  compatSlug: "google-vertex-ai",
  gatewayPath(path) {
    // AI Gateway builds the host from the path as well.
    originOf(path);
    return withVersion(path);
  },
  directUrl: (path) => `${originOf(path)}/${withVersion(path)}`,
  placeKey,
  withholds: GOOGLE_WITHHOLDS,
  model: {
    // `publishers/{publisher}/models/{model}:{method}`; the OpenAI-compatible endpoint has it in the body.
    path: /(?:^|\/)models\/([^/:]+)(?::|%3A)/i,
    body: ["model"],
  },
  hidesModel: {
    ...HIDES_MODEL,
    // Everything but the models of publishers and the OpenAI-compatible calls: deployed endpoints, jobs, agents.
    paths: [
      ...HIDES_MODEL.paths,
      /^(?!(?:.*\/)?(?:publishers\/[^/]+\/models\/[^/]+$|endpoints\/openapi\/))/,
    ],
  },
  needsModel: /\/chat\/completions$/,
  quotaDayZone: "America/Los_Angeles",
  errorRules: googleErrorRules,
};
