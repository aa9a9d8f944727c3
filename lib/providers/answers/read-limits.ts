/**
 * What a response reports about the quota it was counted against. Facts only; the pool decides what to do about them.
 *
 * Sources: the rate-limit pages of OpenAI, Anthropic, Groq, Mistral and Cerebras for the headers,
 * google.rpc.QuotaFailure for Google, and the messages of 429s ("Limit 3, Used 3, Requested 1").
 * @module
 */

import { parseDuration } from "../../http/parse-duration";
import type { HeaderFields } from "../../http/read-headers";
import type { ErrorFacts, QuotaRefusal, QuotaUnit } from "../types";
import { epochMs, exactWaitMs } from "./wait-time";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Days differ by at most an hour. */
const LONGEST_RESET_MS = DAY_MS + 3_600_000;

/** The state of one quota, reported in the headers of every response. */
export interface QuotaReading {
  /** Identifies the quota among the provider's: the header's own words. */
  readonly name: string;
  readonly unit: QuotaUnit;
  readonly limit: number;
  readonly remaining: number;
  /** When all of it is available again, in epoch milliseconds. */
  readonly resetMs: number;
  /** How long an empty quota takes to refill gradually; null if all of it returns at once at `resetMs`. */
  readonly refillMs: number | null;
}

interface HeaderFamily {
  readonly name: string;
  readonly unit: QuotaUnit;
  readonly limit: string;
  readonly remaining: string;
  /** Null if the provider sends none. */
  readonly reset: string | null;
  /** How long a full refill takes; null if it must be derived from the reading. */
  readonly refillMs: number | null;
}

function family(
  name: string,
  words: (part: string) => string,
  refillMs: number | null,
  hasReset = true,
): HeaderFamily {
  return {
    name,
    unit: /token/.test(name) ? "tokens" : "requests",
    limit: words("limit"),
    remaining: words("remaining"),
    reset: hasReset ? words("reset") : null,
    refillMs,
  };
}

/** The first header of each family shows whether a response has any of it: most have one family, or none. */
const FAMILIES: readonly (readonly HeaderFamily[])[] = [
  ["requests", "tokens"].map((name) => family(name, (part) => `x-ratelimit-${part}-${name}`, null)),
  ["requests", "tokens", "input-tokens", "output-tokens"].map((name) =>
    family(name, (part) => `anthropic-ratelimit-${name}-${part}`, MINUTE_MS),
  ),
  ["req", "tokens"].map((name) =>
    family(name, (part) => `x-ratelimit-${part}-${name}-minute`, MINUTE_MS, false),
  ),
  [
    family("requests-day", (part) => `x-ratelimit-${part}-requests-day`, DAY_MS),
    family("tokens-minute", (part) => `x-ratelimit-${part}-tokens-minute`, MINUTE_MS),
  ],
  [family("all", (part) => `x-ratelimit-${part}`, null)],
];

/** The quotas reported in the headers of any response, errors included. Empty for most providers. */
export function readQuotaHeaders(headers: HeaderFields, nowMs: number): readonly QuotaReading[] {
  for (const families of FAMILIES) {
    const [first] = families;
    if (first === undefined || headers.get(first.remaining) === null) continue;
    return families.flatMap((each) => readFamily(each, headers, nowMs) ?? []);
  }
  return [];
}

function readFamily(
  { name, unit, ...words }: HeaderFamily,
  headers: HeaderFields,
  nowMs: number,
): QuotaReading | null {
  const limit = count(headers.get(words.limit));
  const remaining = count(headers.get(words.remaining));
  if (limit === null || remaining === null || limit < 1 || remaining > limit) return null;
  const reset = words.reset === null ? null : headers.get(words.reset);
  const statedMs = reset === null ? null : momentMs(reset, nowMs);
  // A quota that renews in years isn't one per minute or day.
  const resetMs = statedMs !== null && statedMs - nowMs <= LONGEST_RESET_MS ? statedMs : null;
  if (resetMs === null && words.refillMs === null) return null;
  const refillMs = words.refillMs ?? refillTimeMs(limit - remaining, limit, (resetMs ?? 0) - nowMs);
  return { name, unit, limit, remaining, resetMs: resetMs ?? nowMs + MINUTE_MS, refillMs };
}

/**
 * A quota that refills gradually is full again after the missing part of its span, which is a minute or a day; any
 * other reset is the end of a fixed window. While almost nothing is missing, rounding hides the difference, and the
 * more likely one is assumed.
 */
function refillTimeMs(missing: number, limit: number, resetInMs: number): number | null {
  if (missing === 0 || resetInMs <= 0) return MINUTE_MS;
  const impliedMs = (resetInMs * limit) / missing;
  const nearestMs = impliedMs < Math.sqrt(MINUTE_MS * DAY_MS) ? MINUTE_MS : DAY_MS;
  // The remaining amount is reported as a whole number, so up to one of the missing units may already be available.
  const leastMs = (nearestMs * (missing - 1)) / missing;
  const isClose = impliedMs > leastMs * 0.95 && impliedMs < nearestMs * 1.05;
  return isClose || missing < limit / 50 ? nearestMs : null;
}

/** A duration, a time, or seconds. Azure's `-1` says nothing. */
function momentMs(value: string, nowMs: number): number | null {
  const durationMs = parseDuration(value);
  if (durationMs !== null) return nowMs + durationMs;
  const moment = epochMs(value);
  if (moment !== null) return moment;
  return /^\d+(?:\.\d+)?$/.test(value) ? nowMs + Number(value) * 1000 : null;
}

function count(value: string | null): number | null {
  return value !== null && /^\d+$/.test(value) ? Number(value) : null;
}

/** The quota behind a rejection, according to the response's message, violations and hints. */
export function readQuotaRefusal(facts: ErrorFacts, nowMs: number): QuotaRefusal {
  const waitMs = exactWaitMs(facts, nowMs);
  const retryAtMs = waitMs === null ? null : nowMs + waitMs;
  const violated = facts.quotaViolations;
  const violation =
    violated.find(({ quotaId }) => DAY.test(quotaId)) ??
    violated.find(({ quotaValue }) => quotaValue !== null) ??
    violated[0];
  if (violation !== undefined) {
    const words = `${violation.quotaId} ${violation.quotaMetric}`;
    return {
      unit: /token/i.test(words) ? "tokens" : "requests",
      span: DAY.test(words) ? "day" : "minute",
      limit: violation.quotaValue,
      retryAtMs,
      requested: null,
    };
  }
  const { message, type, code } = facts;
  const [, limit] = LIMIT_IN_TEXT.exec(message) ?? LIMIT_BEFORE_UNIT.exec(message) ?? [];
  const [, requested] = /\brequested:? ~?([\d,]+)/i.exec(message) ?? [];
  const isTokens =
    type === "tokens" ||
    /\btokens?\b[^.]{0,20}\bper\b|\bTP[MDH]\b|token_quota/i.test(`${message} ${code}`);
  return {
    unit: isTokens ? "tokens" : "requests",
    span: DAY.test(message) ? "day" : "minute",
    limit: limit === undefined ? null : wholeNumber(limit),
    retryAtMs,
    requested: requested === undefined ? null : wholeNumber(requested),
  };
}

const DAY = /per[ _-]?day|daily|\b[RT]PD\b/i;

/** OpenAI, Groq: `Limit 30000, Used 29000, Requested 1200`. Azure, Anthropic: `50 requests per minute`. */
const LIMIT_IN_TEXT = /\blimit:? ([\d,]+)\b/i;
const LIMIT_BEFORE_UNIT = /\b(\d[\d,]*) (?:\w+ )?(?:requests?|tokens) per (?:minute|day)\b/i;

function wholeNumber(digits: string): number {
  return Number(digits.replaceAll(",", ""));
}
