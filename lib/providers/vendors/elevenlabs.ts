/**
 * ElevenLabs. Facts are from elevenlabs.io's API reference and error pages, and AI Gateway's pages on ElevenLabs and
 * the realtime WebSockets API. Most rejections are 401: `detail.status` distinguishes them.
 * @module
 */

import { allOf, coded, withStatus } from "../answers/error-matchers";
import { shortWaitMs } from "../answers/wait-time";
import { versionedPath } from "../base-path";
import { inHeader, inSubprotocol } from "../place-key";
import { HIDES_MODEL, PROVIDER_DEFAULTS } from "../provider-defaults";
import type { ErrorFacts, ErrorRule, Provider } from "../types";

const ORIGIN = "https://api.elevenlabs.io";
const paths = versionedPath(ORIGIN, "v1");
const inApiKeyHeader = inHeader("xi-api-key");
const inApiKeySubprotocol = inSubprotocol("xi-api-key.");

/** Fewer aren't enough for a sentence. */
const FEW_CREDITS = 100;

/** "You have 512 credits remaining, while 9000 credits are required": enough for a shorter text. */
function hasCreditsLeft({ message }: ErrorFacts): boolean {
  const [, left] =
    /\byou have ([\d,]+) (?:credits?|characters?) (?:remaining|left)/i.exec(message) ?? [];
  return left !== undefined && Number(left.replaceAll(",", "")) >= FEW_CREDITS;
}

const errorRules: readonly ErrorRule[] = [
  {
    name: "elevenlabs-request-too-dear",
    meaning: "out_of_credit",
    scope: "none",
    matches: (facts) => coded("quota_exceeded")(facts) && hasCreditsLeft(facts),
  },
  {
    name: "elevenlabs-quota",
    meaning: "out_of_credit",
    matches: coded("quota_exceeded", "payment_issue"),
  },
  {
    // About the address and the free tier; ends by itself, sometimes after days.
    name: "elevenlabs-unusual-activity",
    meaning: "key_blocked",
    untilMs: (_facts, nowMs) => nowMs + 86_400_000,
    matches: coded("detected_unusual_activity"),
  },
  { name: "elevenlabs-busy", meaning: "overloaded", matches: coded("system_busy") },
  {
    name: "elevenlabs-concurrency",
    meaning: "rate_limit_minute",
    untilMs: (facts, nowMs) => nowMs + (shortWaitMs(facts, nowMs) ?? 5000),
    matches: coded("too_many_concurrent_requests", "concurrent_limit_exceeded"),
  },
  {
    // Voices, models and endpoints of a more expensive plan.
    name: "elevenlabs-plan",
    meaning: "model_denied",
    matches: allOf(
      withStatus(401, 402, 403),
      coded(
        "free_users_not_allowed",
        "subscription_required",
        "model_access_denied",
        "only_for_creator+",
      ),
    ),
  },
  {
    name: "elevenlabs-request",
    meaning: "client_error",
    matches: coded(
      "voice_not_found",
      "max_character_limit_exceeded",
      "model_not_found",
      "invalid_uid",
      "invalid_voice_settings",
    ),
  },
  {
    name: "elevenlabs-key-not-received",
    meaning: "client_error",
    next: "retry",
    matches: coded("needs_authorization"),
  },
];

export const elevenlabs: Provider = {
  ...PROVIDER_DEFAULTS,
  slug: "elevenlabs",
  label: "ElevenLabs",
  ...paths,
  placeKey: inApiKeyHeader,
  withholds: {
    credentials: {
      headers: ["xi-api-key", "authorization"],
      query: ["xi-api-key", "xi_api_key", "authorization", "token", "single_use_token"],
      subprotocols: ["xi-api-key."],
    },
    accounts: { headers: ["xi-workspace-id"] },
  },
  model: { socketQuery: "model_id", body: ["model_id"] },
  hidesModel: {
    ...HIDES_MODEL,
    // Agents, and projects that are converted later.
    paths: [
      ...HIDES_MODEL.paths,
      /(?:^|\/)(?:audio-native|convai|dubbing|projects|studio)(?:\/|$)/,
    ],
  },
  keyCheck: { method: "GET", path: "v1/user" },
  webSocket: {
    protocol: "elevenlabs",
    // An agent's model and voice are set in its account, and its frames don't contain them.
    unreadable: /^(?:v1\/)?(?:$|convai\/)/,
    // AI Gateway has agents below the bare slug, and documents the key only as a subprotocol.
    upstreamUrl(path, gatewayBase) {
      const rest = path === "" ? "v1/convai/conversation" : path;
      if (gatewayBase === null) return paths.directUrl(rest);
      return rest === "v1/convai/conversation"
        ? `${gatewayBase}/elevenlabs`
        : `${gatewayBase}/elevenlabs/${rest}`;
    },
    placeKey(request, key) {
      (request.route === "gateway" ? inApiKeySubprotocol : inApiKeyHeader)(request, key);
    },
  },
  keyPattern: /^(?:sk_)?[\da-f]{32,}$/,
  errorRules,
};
