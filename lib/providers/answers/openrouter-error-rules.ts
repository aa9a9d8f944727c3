/**
 * Errors of OpenRouter, most of which are about the account's settings or about other providers behind it. Facts are
 * from openrouter.ai's pages on limits and on errors and debugging. Limits are per account.
 * @module
 */

import type { ErrorFacts, ErrorRule } from "../types";
import { findInJson, isRecord } from "./error-json";
import { allOf, anyOf, coded, codeLike, says, withStatus } from "./error-matchers";
import { nextMidnightMs, nextMonthMs } from "./quota-day";
import { reportedDateMs, reportedWaitMs } from "./wait-time";

/** A response that began, and then failed at the provider behind OpenRouter. */
function failedMidway({ json }: ErrorFacts): boolean {
  return isRecord(json) && Array.isArray(json.choices);
}

/** "can only afford 27342": there is credit, just not enough for this request. */
function affordsLess({ message }: ErrorFacts): boolean {
  return /can only afford (\d+)/i.test(message) && !/can only afford 0\b/i.test(message);
}

/** "Key limit exceeded (monthly limit)": the key's own budget, by its renewal period. */
function keyLimitUntilMs({ message }: ErrorFacts, nowMs: number): number | null {
  if (/\bmonthly\b/i.test(message)) return nextMonthMs(nowMs);
  if (/\bdaily\b/i.test(message)) return nextMidnightMs("UTC", nowMs);
  // Weeks begin on Monday.
  if (/\bweekly\b/i.test(message))
    return nextMidnightMs("UTC", nowMs) + ((7 - new Date(nowMs).getUTCDay()) % 7) * 86_400_000;
  return null;
}

const fromProviderBehind = anyOf(
  says(/^provider returned error/i),
  codeLike(/^upstream_/),
  ({ json }) => typeof findInJson(json, "raw") === "string",
);

const limitRules: readonly ErrorRule[] = [
  {
    name: "openrouter-free-day",
    meaning: "rate_limit_day",
    // The time in the reset header; for `:free` models only, paid ones still work.
    untilMs(facts, nowMs) {
      const waitMs = reportedWaitMs(facts, nowMs);
      return waitMs === null ? nextMidnightMs("UTC", nowMs) : nowMs + waitMs;
    },
    matches: allOf(
      withStatus(429, 402),
      anyOf(says(/free-models-per-day/i), coded("openrouter_free_tier_daily")),
    ),
  },
  {
    name: "openrouter-provider-busy",
    meaning: "overloaded",
    asks: 2,
    matches: anyOf(
      allOf(withStatus(429), anyOf(fromProviderBehind, failedMidway)),
      allOf(withStatus(429, 503), coded("capacity_exhausted")),
    ),
  },
  {
    // Rejected or failed behind OpenRouter: another route may work, and our key isn't at fault.
    name: "openrouter-provider-refused",
    meaning: "region_denied",
    matches: allOf(withStatus(401, 402, 403), fromProviderBehind, (facts) => !isFlagged(facts)),
  },
  {
    name: "openrouter-request-too-dear",
    meaning: "out_of_credit",
    scope: "none",
    matches: affordsLess,
  },
  {
    // Credit reserved for requests in progress.
    name: "openrouter-in-flight-budget",
    meaning: "out_of_credit",
    untilMs: (facts, nowMs) => nowMs + (reportedWaitMs(facts, nowMs) ?? 30_000),
    matches: allOf(
      withStatus(402, 429),
      anyOf(codeLike(/in_flight_budget/i), says(/in[_ -]flight/i)),
    ),
  },
  {
    name: "openrouter-key-limit",
    meaning: "out_of_credit",
    untilMs: keyLimitUntilMs,
    matches: allOf(withStatus(402, 403, 429), says(/^key limit exceeded/i)),
  },
  {
    name: "openrouter-budget",
    meaning: "out_of_credit",
    untilMs: (facts) => reportedDateMs(facts),
    matches: allOf(withStatus(402, 403, 429), anyOf(codeLike(/budget/i), says(/\bbudget\b/i))),
  },
];

function isFlagged({ json, message }: ErrorFacts): boolean {
  return (
    findInJson(json, "flagged_input") !== undefined || /\bflagged\b|\bmoderation\b/i.test(message)
  );
}

const accessRules: readonly ErrorRule[] = [
  {
    name: "openrouter-user-not-found",
    meaning: "key_invalid",
    matches: allOf(withStatus(401), says(/^user not found/i)),
  },
  {
    name: "openrouter-moderation",
    meaning: "client_error",
    matches: allOf(withStatus(403), isFlagged),
  },
  {
    // It sounds like a block, but is about the provider behind OpenRouter and the regions its terms allow.
    name: "openrouter-terms",
    meaning: "region_denied",
    matches: allOf(
      withStatus(403),
      anyOf(coded("region_restricted"), says(/violation of provider terms of service|\bregion\b/i)),
    ),
  },
  {
    // The account's data policy or allowed providers leave no route.
    name: "openrouter-account-settings",
    meaning: "model_denied",
    matches: allOf(
      withStatus(403, 404),
      anyOf(coded("privacy_restricted"), says(/data policy|no allowed providers|guardrail/i)),
    ),
  },
  {
    // No 403 of OpenRouter means an invalid key.
    name: "openrouter-403",
    meaning: "model_denied",
    matches: withStatus(403),
  },
];

export const openRouterErrorRules: readonly ErrorRule[] = [...limitRules, ...accessRules];
