/**
 * What each client goes by when it decides whether to ask again, so that it stops at once with our words where
 * waiting is useless, and waits where the wait is short. Status, `Retry-After` and `code` say the truth to
 * everybody; what is here is what clients obey beside them, or instead.
 *
 * Read in the clients' sources and tried with them (docs/clients.md has what came of it):
 * - The SDKs of OpenAI and Anthropic (and Groq, whose SDK is made alike) and Claude Code obey `x-should-retry`. Without it
 *   Claude Code asks again for three minutes after a 401 or a 503, and the SDKs ask at once where `Retry-After` is
 *   over a minute.
 * - The AI SDK and opencode obey neither: they ask a few times more after any 429 and 5xx, and opencode sleeps
 *   through a `Retry-After` of hours before each. Both read `retry-after-ms` first.
 * - Codex sleeps through any `Retry-After`, unless the `type` of a 429 is `usage_limit_reached`: then it stops and
 *   says when, which `resets_at` tells (epoch seconds).
 * - Gemini CLI asks ten times, unless a `google.rpc.RetryInfo` states more than five minutes.
 * - Claude Code shows its own words, and not ours, for an `overloaded_error`.
 * - SDKs made by Fern (Cohere, ElevenLabs, Deepgram, Cartesia) sleep up to a minute before each of two more calls where
 *   there is a `Retry-After`, and a second or two where there is none.
 * @module
 */
import type { ProxyError } from "../proxy-error";

/**
 * `stop`: it fails in the same way until somebody changes something. `later`: nobody waits so long. `soon`: it is worth
 * waiting. `unsaid`: not known, and the client may do as it likes.
 */
export type Advice = "stop" | "later" | "soon" | "unsaid";

/** Official SDKs sleep through a `Retry-After` of up to a minute. */
const LONGEST_WAIT_MS = 60_000;

export function adviceOf({
  code,
  status,
  retryAfterMs,
}: Pick<ProxyError, "code" | "status" | "retryAfterMs">): Advice {
  if (retryAfterMs !== null)
    return secondsOf(retryAfterMs) * 1000 > LONGEST_WAIT_MS ? "later" : "soon";
  const isForGood = status < 500 || status === 501 || code === "no_provider_keys";
  return isForGood ? "stop" : "unsaid";
}

/** As `Retry-After` has it. */
export function secondsOf(waitMs: number): number {
  return Math.max(1, Math.ceil(waitMs / 1000));
}

export interface RetryHints {
  readonly headers: Readonly<Record<string, string>>;
  /** In place of the type that the status has. */
  readonly openAiType: string | null;
  readonly anthropicType: string | null;
  /** For `google.rpc.RetryInfo`: the real wait, so many seconds, or nothing. */
  readonly googleWait: "real" | number | null;
}

const NO_HINTS: RetryHints = {
  headers: {},
  openAiType: null,
  anthropicType: null,
  googleWait: null,
};

/** Who does not know `x-should-retry` has asked its few times in seconds. */
const STOP = { "x-should-retry": "false", "retry-after-ms": "1000" };

export const RETRY_HINTS: Readonly<Record<Advice, RetryHints>> = {
  stop: { headers: STOP, openAiType: null, anthropicType: "api_error", googleWait: 3600 },
  later: {
    headers: STOP,
    openAiType: "usage_limit_reached",
    anthropicType: null,
    googleWait: "real",
  },
  soon: { ...NO_HINTS, googleWait: "real" },
  unsaid: NO_HINTS,
};

/** Whether the client is an SDK made by Fern, for which a long `Retry-After` is left out. */
export function isMadeByFern(headers: Headers): boolean {
  return headers.has("x-fern-language");
}
