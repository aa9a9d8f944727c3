/**
 * How long an error response asks to wait.
 *
 * Examined in this order, the more deliberate statement first: `retry-after-ms`, `retry-after`, google.rpc.RetryInfo,
 * waits in the body, waits and dates in the text, and finally the rate-limit reset headers, which many providers send
 * with every response, whatever its cause.
 * @module
 */
import { DURATION_SOURCE, parseDuration } from "../../http/parse-duration";
import { readRetryAfter } from "../../http/retry-after";
import type { ErrorFacts } from "../types";
import { findInJson, isRecord } from "./error-json";

const HOUR_MS = 3_600_000;
/** Anything longer can't be meant as a duration: an epoch time in the wrong place, or endless digits. */
const LONGEST_SANE_MS = 400 * 24 * HOUR_MS;

/** A reported wait, or null if it can't be meant: it is then ignored. */
function sane(ms: number | null): number | null {
  return ms !== null && ms <= LONGEST_SANE_MS ? ms : null;
}

/** Milliseconds, rounded up to whole seconds, or null if the response doesn't say. */
export function reportedWaitMs(facts: ErrorFacts, nowMs: number): number | null {
  return wholeSeconds(exactWaitMs(facts, nowMs));
}

/** The reported wait to the millisecond; null if the response doesn't say. */
export function exactWaitMs(facts: ErrorFacts, nowMs: number): number | null {
  return sane(readRetryAfter(facts.headers, nowMs)) ?? waitInAnswer(facts, nowMs);
}

/** The wait that a response states itself, regardless of its reset headers; null if there is none. */
export function statedWaitMs(facts: ErrorFacts, nowMs: number): number | null {
  return sane(readRetryAfter(facts.headers, nowMs)) ?? sane(reportedDurationMs(facts));
}

/**
 * The reported wait for a quota of an hour or less. Texts and reset headers are trusted up to an hour. A `retry-after`
 * may be longer: Anthropic's subscription windows last five hours, and say so there.
 */
export function shortWaitMs(facts: ErrorFacts, nowMs: number): number | null {
  const retryAfterMs = sane(readRetryAfter(facts.headers, nowMs));
  if (retryAfterMs !== null) return wholeSeconds(Math.min(retryAfterMs, 25 * HOUR_MS));
  const otherWaitMs = waitInAnswer(facts, nowMs);
  return wholeSeconds(otherWaitMs === null ? null : Math.min(otherWaitMs, HOUR_MS));
}

/** Too early is another rejection; a fraction of a second too late costs nothing. */
function wholeSeconds(ms: number | null): number | null {
  return ms === null ? null : Math.ceil(ms / 1000) * 1000;
}

/** The time that a text or field gives as a date ("regain access on 2026-08-01 at 00:00 UTC", `resets_at`), or null. */
export function reportedDateMs(facts: ErrorFacts): number | null {
  const field = findInJson(facts.json, "resets_at") ?? findInJson(facts.json, "reset_at");
  const fromField =
    typeof field === "string" || typeof field === "number" ? epochMs(String(field)) : null;
  if (fromField !== null) return fromField;
  const [, day, time = "00:00"] = DATE_IN_TEXT.exec(facts.message) ?? [];
  return day === undefined ? null : epochMs(`${day}T${time}Z`);
}

const DATE_IN_TEXT =
  /(?:access|resets?|reset|renews?|again|until|available)\b[^.\d]{0,20}(\d{4}-(?:0\d|1[0-2])-(?:[0-2]\d|3[01]))(?:(?:T| at | )([01]\d:[0-5]\d|2[0-3]:[0-5]\d))?/i;

/** The wait that the body or its message states as a duration, in milliseconds; null if there is none. */
export function reportedDurationMs(facts: ErrorFacts): number | null {
  return waitInBody(facts.text) ?? waitInText(facts.message);
}

function waitInAnswer(facts: ErrorFacts, nowMs: number): number | null {
  const durationMs = sane(reportedDurationMs(facts));
  if (durationMs !== null) return durationMs;
  const dateMs = reportedDateMs(facts);
  const untilDateMs = dateMs === null ? null : sane(Math.max(0, dateMs - nowMs));
  return untilDateMs ?? waitInResetHeaders(facts, nowMs);
}

/** Read from the raw text, so that broken JSON and bodies quoted inside a message (`\"retryDelay\"`) work too. */
const BODY_WAITS = [
  /"retryDelay\\*"\s*:\s*\\*"([\d.]+[a-z]+)/, // google.rpc.RetryInfo
  /"retry_after(?:_seconds)?\\*"\s*:\s*\\*"?(\d+(?:\.\d+)?)\b/, // Replicate, OpenRouter's availability
  /"quotaResetDelay\\*"\s*:\s*\\*"([\w.]+)/, // Google's Code Assist
];

function waitInBody(text: string): number | null {
  for (const pattern of BODY_WAITS) {
    const value = pattern.exec(text)?.[1];
    if (value !== undefined) return parseDuration(/[a-z]/.test(value) ? value : `${value}s`);
  }
  return null;
}

/** "try again in 7m12s", "retry after 60 seconds", "resets in ~5s", "will reset after 0s", "wait 20 seconds". */
const WAIT_IN_TEXT = new RegExp(
  `\\b(?:again|retry|retrying|resets?|wait|available|replenished)\\b[^.\\d]{0,30}?(${DURATION_SOURCE})`,
  "i",
);

function waitInText(message: string): number | null {
  const duration = WAIT_IN_TEXT.exec(message)?.[1];
  return duration === undefined ? null : parseDuration(duration);
}

/** `x-ratelimit-reset`, `x-ratelimit-reset-tokens`, `ratelimit-reset`, `anthropic-ratelimit-tokens-reset`. */
const RESET_HEADER = /^(?:(?:x-)?ratelimit-reset(?:-.+)?|anthropic-ratelimit-.+-reset)$/;

/**
 * Several quotas may be reported: the one that is used up decides, and if there are several, the last to renew. If none
 * is reported as used up, the first to renew is worth a try.
 */
function waitInResetHeaders(facts: ErrorFacts, nowMs: number): number | null {
  const headers = headersOf(facts);
  const usedUp: number[] = [];
  const others: number[] = [];
  for (const [name, value] of headers) {
    if (!RESET_HEADER.test(name)) continue;
    const waitMs = sane(waitUntilReset(value, nowMs));
    if (waitMs === null) continue;
    const remaining = headers.get(name.replace("reset", "remaining"));
    (remaining !== undefined && Number(remaining) === 0 ? usedUp : others).push(waitMs);
  }
  if (usedUp.length > 0) return Math.max(...usedUp);
  return others.length > 0 ? Math.min(...others) : null;
}

/** The response's headers, and those that OpenRouter quotes in `error.metadata.headers`. Names in lower case. */
function headersOf(facts: ErrorFacts): Map<string, string> {
  const all = new Map<string, string>();
  const quoted = findInJson(facts.json, "headers");
  if (isRecord(quoted)) {
    for (const [name, value] of Object.entries(quoted)) {
      if (typeof value === "string" || typeof value === "number")
        all.set(name.toLowerCase(), String(value));
    }
  }
  facts.headers.forEach((value, name) => {
    all.set(name.toLowerCase(), value);
  });
  return all;
}

/**
 * A duration (OpenAI, Groq), seconds (Azure), a time in seconds or milliseconds (OpenRouter), or a date (Anthropic).
 */
function waitUntilReset(value: string, nowMs: number): number | null {
  const durationMs = parseDuration(value);
  if (durationMs !== null) return durationMs;
  const momentMs = epochMs(value);
  if (momentMs !== null) return Math.max(0, momentMs - nowMs);
  return /^\d+(?:\.\d+)?$/.test(value) ? Number(value) * 1000 : null;
}

/** An ISO date, epoch seconds or epoch milliseconds as epoch milliseconds; null for any other text. */
export function epochMs(value: string): number | null {
  if (/^\d{4}-\d\d-\d\d/.test(value)) {
    const ms = Date.parse(value);
    return Number.isNaN(ms) ? null : ms;
  }
  if (!/^\d{10,16}(?:\.\d+)?$/.test(value)) return null;
  const number = Number(value);
  return number >= 1e12 ? number : number * 1000;
}
