/**
 * Deepgram. Facts are from developers.deepgram.com's API reference and error pages, and AI Gateway's pages on Deepgram
 * and the realtime WebSockets API.
 * @module
 */

import { allOf, anyOf, coded, says, withStatus } from "../answers/error-matchers";
import { shortWaitMs } from "../answers/wait-time";
import { versionedPath } from "../base-path";
import { inAuthorization } from "../place-key";
import { PROVIDER_DEFAULTS } from "../provider-defaults";
import type { ErrorRule, Provider } from "../types";

const paths = versionedPath("https://api.deepgram.com", "v1");
/** Bearer is only for short-lived tokens. */
const placeKey = inAuthorization("Token");

const errorRules: readonly ErrorRule[] = [
  {
    // With 401 and 400.
    name: "deepgram-key-invalid",
    meaning: "key_invalid",
    matches: allOf(
      withStatus(400, 401),
      anyOf(coded("INVALID_AUTH"), says(/^invalid credentials/i)),
    ),
  },
  {
    name: "deepgram-credit",
    meaning: "out_of_credit",
    matches: coded("ASR_PAYMENT_REQUIRED", "INSUFFICIENT_CREDITS"),
  },
  {
    name: "deepgram-permission",
    meaning: "model_denied",
    matches: allOf(withStatus(401, 403), says(/does not have access|sufficient permissions/i)),
  },
  {
    // Its limits are on concurrent requests.
    name: "deepgram-concurrency",
    meaning: "rate_limit_minute",
    untilMs: (facts, nowMs) => nowMs + (shortWaitMs(facts, nowMs) ?? 5000),
    matches: withStatus(429),
  },
];

export const deepgram: Provider = {
  ...PROVIDER_DEFAULTS,
  slug: "deepgram",
  label: "Deepgram",
  ...paths,
  placeKey,
  withholds: {
    credentials: { headers: ["authorization"], query: ["token"] },
    accounts: {},
  },
  model: { query: "model" },
  keyCheck: { method: "GET", path: "v1/projects" },
  webSocket: {
    protocol: "deepgram",
    upstreamUrl(path, gatewayBase) {
      const rest = path || "v1/listen";
      return gatewayBase === null
        ? paths.directUrl(rest)
        : `${gatewayBase}/deepgram/${paths.gatewayPath(rest)}`;
    },
    placeKey,
  },
  keyPattern: /^[\da-f]{40}$/,
  errorRules,
};
