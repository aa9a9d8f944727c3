/**
 * Cohere. Facts are from docs.cohere.com's errors, API key check and compatibility pages, and AI Gateway's page on
 * Cohere.
 * @module
 */

import { allOf, says, withStatus } from "../answers/error-matchers";
import { versionedPath } from "../base-path";
import { asBearer } from "../place-key";
import { PROVIDER_DEFAULTS } from "../provider-defaults";
import type { ErrorRule, Provider } from "../types";

const paths = versionedPath("https://api.cohere.com", "v1");
const OPENAI_PATH = /^(?:v1\/)?(chat\/completions|embeddings)$/;

function toCoherePath(path: string): string {
  const openAiPath = OPENAI_PATH.exec(path)?.[1];
  if (openAiPath !== undefined) return `compatibility/v1/${openAiPath}`;
  return path.startsWith("compatibility/") ? path : paths.gatewayPath(path);
}

const errorRules: readonly ErrorRule[] = [
  {
    // Here, 498 is a blocked input or output, not a capacity or token error as elsewhere.
    name: "cohere-blocked-content",
    meaning: "client_error",
    matches: withStatus(498, 499),
  },
  {
    name: "cohere-no-token",
    meaning: "client_error",
    next: "retry",
    matches: allOf(withStatus(401), says(/^no api key supplied/i)),
  },
];

export const cohere: Provider = {
  ...PROVIDER_DEFAULTS,
  slug: "cohere",
  label: "Cohere",
  usageFormat: "cohere",
  compatSlug: "cohere",
  gatewayPath: toCoherePath,
  directUrl: (path) => `https://api.cohere.com/${toCoherePath(path)}`,
  placeKey: asBearer,
  model: { body: ["model"] },
  needsModel: /(?:^|\/)(?:chat\/completions|embeddings|v2\/(?:chat|embed|rerank))$/,
  openAiCompatible: {
    chatCompletions: "compatibility/v1/chat/completions",
    embeddings: "compatibility/v1/embeddings",
    models: "v1/models",
  },
  keyCheck: { method: "POST", path: "v1/check-api-key" },
  errorRules,
};
