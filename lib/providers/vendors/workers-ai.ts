/**
 * Cloudflare Workers AI. Facts are from developers.cloudflare.com's Workers AI errors and REST pages, and AI Gateway's
 * pages on Workers AI and the realtime WebSockets API.
 * @module
 */
import { allOf, anyOf, coded, says, withStatus } from "../answers/error-matchers";
import { nextMidnightMs } from "../answers/quota-day";
import { asBearer } from "../place-key";
import { PROVIDER_DEFAULTS } from "../provider-defaults";
import { ProviderPathError } from "../provider-path-error";
import type { ErrorRule, Provider } from "../types";

/** The optional prefix `accounts/{id}/ai/` names the account, which the direct API needs. */
const ACCOUNT = /^(?:client\/v4\/)?accounts\/([^/]*)\/ai\/(.+)$/;

function gatewayPath(path: string): string {
  const rest = ACCOUNT.exec(path)?.[2] ?? path;
  return rest.startsWith("run/") ? rest.slice(4) : rest;
}

function directUrl(path: string): string {
  const [, account, rest] = ACCOUNT.exec(path) ?? [];
  if (account === undefined || !/^[\da-f]{32}$/i.test(account)) {
    throw new ProviderPathError(
      "without an AI Gateway, Workers AI needs the account: write the path as accounts/{account id}/ai/run/{model} or accounts/{account id}/ai/v1/…",
    );
  }
  return `https://api.cloudflare.com/client/v4/accounts/${account}/ai/${rest}`;
}

/** Codes are Workers AI's internal ones, which it also writes into the text ("AiError: 3040: …"). */
function aiError(...codes: readonly string[]) {
  return anyOf(
    coded(...codes),
    says(new RegExp(`\\b(?:AiError|error)\\b[^\\d]{0,20}\\b(?:${codes.join("|")})\\b`, "i")),
  );
}

const errorRules: readonly ErrorRule[] = [
  {
    // 10,000 neurons per day for the whole account, whatever the model.
    name: "workers-ai-day-quota",
    meaning: "rate_limit_day",
    scope: "key",
    untilMs: (_facts, nowMs) => nextMidnightMs("UTC", nowMs),
    matches: anyOf(
      aiError("3036", "4006"),
      allOf(withStatus(429), says(/daily (?:free )?allocation|neurons/i)),
    ),
  },
  { name: "workers-ai-capacity", meaning: "overloaded", matches: aiError("3040") },
  {
    name: "workers-ai-account-blocked",
    meaning: "key_blocked",
    matches: allOf(withStatus(403), aiError("3023")),
  },
  {
    // Model terms not accepted (5016), private models (5018, 3041).
    name: "workers-ai-model-denied",
    meaning: "model_denied",
    matches: allOf(withStatus(403), aiError("5016", "5018", "3041")),
  },
  { name: "workers-ai-timeout", meaning: "server_error", matches: aiError("3007", "3008") },
  {
    // Cloudflare's API: 1000 and 9109 invalid token, 6111 malformed token.
    name: "cloudflare-token-invalid",
    meaning: "key_invalid",
    matches: anyOf(
      allOf(withStatus(401, 403), coded("1000", "9109")),
      allOf(
        withStatus(400, 401, 403),
        says(/^invalid (?:api|access) token|^invalid format for authorization header/i),
      ),
    ),
  },
];

export const workersAi: Provider = {
  ...PROVIDER_DEFAULTS,
  slug: "workers-ai",
  label: "Workers AI",
  usageFormat: "openai",
  compatSlug: "workers-ai",
  gatewayPath,
  directUrl,
  placeKey: asBearer,
  withholds: {
    // The second pair is that of Cloudflare's global API key.
    credentials: { headers: ["authorization", "x-auth-key", "x-auth-user-service-key"] },
    accounts: { headers: ["x-auth-email"] },
  },
  model: {
    path: /(?:^|\/)((?:@|%40)[^/]+\/[^/]+\/[^/]+)$/,
    socketQuery: "model",
    body: ["model"],
  },
  needsModel: /(?:^|\/)v1\/(?:chat\/completions|embeddings)$/,
  openAiCompatible: { chatCompletions: "v1/chat/completions", embeddings: "v1/embeddings" },
  // User and account tokens are verified at different endpoints, and each responds "invalid" for the other.
  keyCheck: null,
  webSocket: {
    // Each model has its own frames.
    protocol: null,
    upstreamUrl(path, gatewayBase) {
      if (gatewayBase === null) return directUrl(path);
      const rest = gatewayPath(path);
      return rest === "" ? `${gatewayBase}/workers-ai` : `${gatewayBase}/workers-ai/${rest}`;
    },
    placeKey: asBearer,
  },
  errorRules,
};
