/**
 * Decides what an upstream response means and what to do about it, from the response alone.
 *
 * Rules are tried in this order: AI Gateway's own errors, the provider's rules, pages of proxies on the way, the common
 * rules. The last of those matches everything, so every response gets a verdict.
 * @module
 */
import type { HeaderFields } from "../../http/read-headers";
import { sseEvent } from "../../http/split-events";
import type {
  CooldownScope,
  ErrorFacts,
  ErrorRule,
  Provider,
  Verdict,
  VerdictEffect,
} from "../types";
import { isErrorAnswer, readEvent } from "./answer-event";
import { commonErrorRules, LARGER_THAN_QUOTA } from "./common-error-rules";
import { gatewayErrorRules, pageRules } from "./edge-error-rules";
import { nextMidnightMs } from "./quota-day";
import { readErrorFacts } from "./read-error-facts";
import { readQuotaRefusal } from "./read-limits";
import { UNEXPLAINED_COOLDOWN } from "./unexplained-cooldown";
import { reportedDateMs, reportedWaitMs, shortWaitMs, statedWaitMs } from "./wait-time";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export interface AnswerToJudge {
  readonly provider: Provider;
  readonly status: number;
  readonly headers: HeaderFields;
  /** The body as text, as far as it was read. */
  readonly text: string;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

/**
 * The verdict on a complete response. Never throws. A response below 400 is a success unless its body consists only of
 * an error.
 */
export function judgeAnswer({ provider, status, headers, text, nowMs }: AnswerToJudge): Verdict {
  if (status < 400) {
    return judgeStreamStart({ provider, text, nowMs }) ?? OK;
  }
  return judgeError({ provider, status, headers, text, nowMs });
}

/** The verdict on an error. Its status is 200 if it is part of a response that had begun well. */
export function judgeError({ provider, status, headers, text, nowMs }: AnswerToJudge): Verdict {
  return judgeFacts(provider, readErrorFacts(status, headers, text), nowMs);
}

/**
 * The verdict on a 200 response by the first piece of its text: null unless its first event is an error (`event:
 * error`, `data: {"error":…}`, `response.failed`), or its JSON consists only of an error.
 */
export function judgeStreamStart({
  provider,
  text,
  nowMs,
}: Pick<AnswerToJudge, "provider" | "text" | "nowMs">): Verdict | null {
  if (!MAY_BE_ERROR.test(text)) return null;
  const event = /^\s*[[{]/.test(text) ? null : sseEvent(text);
  const isError = event === null ? isErrorAnswer(text) : readEvent(event).reading === "error";
  return isError
    ? judgeError({ provider, status: 200, headers: new Headers(), text, nowMs })
    : null;
}

/**
 * Avoids parsing nearly every successful response, some of which contain `"error": null`. In a string the quotes would
 * be escaped.
 */
const MAY_BE_ERROR =
  /"errors?"\s*:\s*["{[]|:\s*"(?:error|failed|response\.failed|ERROR|TIMEOUT)"|^event: ?error/m;

/** The verdict on a successful response. */
export const OK: Verdict = {
  meaning: "ok",
  rule: "ok",
  effect: { kind: "none" },
  next: "deliver",
  words: "",
  retryAtMs: null,
  asks: null,
  quota: null,
};

/** The verdict on a web page with status 200, to a call that wants a model's output: more than one key won't help. */
export const WEB_PAGE: Verdict = {
  ...OK,
  meaning: "server_error",
  rule: "web-page",
  next: "retry",
  words: "a web page in place of an API's response",
  asks: 2,
};

function judgeFacts(provider: Provider, facts: ErrorFacts, nowMs: number): Verdict {
  const rule = findRule(provider, facts);
  const usual = USUAL[rule.meaning];
  const effect = effectOf(rule, provider, facts, nowMs);
  return {
    meaning: rule.meaning,
    rule: rule.name,
    effect,
    next: rule.next ?? usual.next,
    words: facts.message.slice(0, 300),
    retryAtMs: retryAtMs(rule, facts, nowMs),
    asks: rule.asks ?? null,
    quota: teachesQuota(rule, effect) ? readQuotaRefusal(facts, nowMs) : null,
  };
}

function retryAtMs({ meaning }: ErrorRule, facts: ErrorFacts, nowMs: number): number | null {
  if (meaning !== "overloaded" && meaning !== "server_error") return null;
  const waitMs = statedWaitMs(facts, nowMs);
  return waitMs === null ? null : nowMs + waitMs;
}

/** Whether a rejection says something about a quota that the pool can keep to. */
function teachesQuota({ meaning, name }: ErrorRule, effect: VerdictEffect): boolean {
  if (name === LARGER_THAN_QUOTA || meaning === "rate_limit_day") return true;
  // A rule that sets a short cooldown isn't about a quota but about simultaneous requests, or a momentary state.
  return meaning === "rate_limit_minute" && effect.kind === "cool" && effect.source !== "rule";
}

function findRule(provider: Provider, facts: ErrorFacts): ErrorRule {
  for (const rules of [gatewayErrorRules, provider.errorRules, pageRules, commonErrorRules]) {
    const rule = rules.find(({ matches }) => matches(facts));
    if (rule !== undefined) return rule;
  }
  throw new Error("the last common rule matches every answer");
}

type ErrorMeaning = ErrorRule["meaning"];

interface Usual {
  readonly next: Verdict["next"];
  readonly effect: "none" | "cool" | "block";
  readonly scope: CooldownScope;
  /** How long the key's cooldown lasts if neither the rule nor the response says. */
  readonly cooldownMs: number;
  /** The longest possible cooldown, whatever the response says. */
  readonly longestMs: number;
}

/** What is done about a meaning unless the rule says otherwise. */
export const USUAL: Readonly<Record<ErrorMeaning, Usual>> = {
  client_error: { next: "deliver", effect: "none", scope: "none", cooldownMs: 0, longestMs: 0 },
  rate_limit_minute: {
    next: "retry",
    effect: "cool",
    scope: "model",
    cooldownMs: MINUTE_MS,
    longestMs: 25 * HOUR_MS,
  },
  rate_limit_day: {
    next: "retry",
    effect: "cool",
    scope: "model",
    cooldownMs: DAY_MS,
    longestMs: 25 * HOUR_MS,
  },
  out_of_credit: {
    next: "retry",
    effect: "cool",
    scope: "key",
    cooldownMs: HOUR_MS,
    longestMs: 32 * DAY_MS,
  },
  key_invalid: {
    next: "retry",
    effect: "block",
    scope: "key",
    cooldownMs: HOUR_MS,
    longestMs: 25 * HOUR_MS,
  },
  key_blocked: {
    next: "retry",
    effect: "block",
    scope: "key",
    cooldownMs: HOUR_MS,
    longestMs: 25 * HOUR_MS,
  },
  key_doubtful: {
    next: "retry",
    effect: "cool",
    scope: "key",
    cooldownMs: 10 * MINUTE_MS,
    longestMs: 25 * HOUR_MS,
  },
  model_denied: {
    next: "retry",
    effect: "cool",
    scope: "model",
    cooldownMs: HOUR_MS,
    longestMs: 25 * HOUR_MS,
  },
  region_denied: { next: "retry", effect: "none", scope: "none", cooldownMs: 0, longestMs: 0 },
  foreign_reasoning: { next: "retry", effect: "none", scope: "none", cooldownMs: 0, longestMs: 0 },
  overloaded: { next: "retry", effect: "none", scope: "none", cooldownMs: 0, longestMs: 0 },
  server_error: { next: "retry", effect: "none", scope: "none", cooldownMs: 0, longestMs: 0 },
  gateway_limit: { next: "deliver", effect: "none", scope: "none", cooldownMs: 0, longestMs: 0 },
};

function effectOf(
  rule: ErrorRule,
  provider: Provider,
  facts: ErrorFacts,
  nowMs: number,
): VerdictEffect {
  const usual = USUAL[rule.meaning];
  const scope = rule.scope ?? usual.scope;
  if (usual.effect === "none" || scope === "none") return { kind: "none" };
  const ruledMs = rule.untilMs?.(facts, nowMs) ?? null;
  if (usual.effect === "block" && ruledMs === null) return { kind: "block" };
  const wantedMs = ruledMs ?? usualUntilMs(rule.meaning, provider, facts, nowMs);
  const longestMs = namesLongWindow(facts)
    ? Math.max(usual.longestMs, LONG_WINDOW_MS)
    : usual.longestMs;
  const latestMs = nowMs + longestMs;
  // A reported wait of zero would send the next request into the same limit.
  const untilMs = Math.min(Math.max(wantedMs, nowMs + SECOND_MS), latestMs);
  const source = ruledMs === null ? usualSource(rule.meaning, facts, nowMs) : "rule";
  return { kind: "cool", scope, untilMs, source, latestMs, mayBeDay: rule.hasNoDayQuota !== true };
}

function usualSource(meaning: ErrorMeaning, facts: ErrorFacts, nowMs: number) {
  if (meaning !== "rate_limit_minute" || shortWaitMs(facts, nowMs) !== null) return "told";
  return namesQuota(facts, nowMs) ? "window" : "guess";
}

/** When a key may be used again unless the rule says otherwise, in epoch milliseconds. */
export function usualUntilMs(
  meaning: ErrorMeaning,
  provider: Provider,
  facts: ErrorFacts,
  nowMs: number,
): number {
  const { cooldownMs } = USUAL[meaning];
  switch (meaning) {
    case "rate_limit_minute": {
      const unexplainedMs = namesQuota(facts, nowMs) ? cooldownMs : UNEXPLAINED_COOLDOWN.firstMs;
      return nowMs + (shortWaitMs(facts, nowMs) ?? unexplainedMs);
    }
    case "rate_limit_day": {
      // Most daily quotas refill gradually (OpenAI: one of 200 requests in 7m12s), and then the response reports the
      // wait.
      const waitMs = reportedWaitMs(facts, nowMs);
      return waitMs === null ? nextMidnightMs(provider.quotaDayZone, nowMs) : nowMs + waitMs;
    }
    case "out_of_credit": {
      // Of the reported waits, only dates are about money: `retry-after` is sent out of habit.
      const dateMs = reportedDateMs(facts);
      return dateMs !== null && dateMs > nowMs ? dateMs : nowMs + cooldownMs;
    }
    default:
      return nowMs + cooldownMs;
  }
}

/** Plans that count by week or month say so; then a cooldown may be as long. */
const LONG_WINDOW_MS = 32 * DAY_MS;

function namesLongWindow({ message, code, type }: ErrorFacts): boolean {
  return LONG_WINDOW.test(`${message} ${code} ${type}`);
}

const LONG_WINDOW =
  /\b(?:weekly|monthly|(?:per|this|next) (?:week|month)|billing (?:cycle|period))\b|usage_limit_reached/i;

/** True if the response says which quota is used up, or when it renews. */
function namesQuota(facts: ErrorFacts, nowMs: number): boolean {
  if (shortWaitMs(facts, nowMs) !== null) return true;
  const words = [
    facts.message,
    facts.code,
    facts.type,
    ...facts.quotaViolations.map(({ quotaId }) => quotaId),
  ];
  return words.some((word) => QUOTA_NAME.test(word));
}

const QUOTA_NAME =
  /per[ _-]?(?:second|sec|minute|min|hour)|\/ ?(?:second|sec|s|minute|min|hour)\b|\b[RT]P[SMH]\b/i;
