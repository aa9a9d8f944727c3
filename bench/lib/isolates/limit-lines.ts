/** What is played of limits, and how much of each was used. @module */
import type { TokenLimits } from "../../../lib/budgets/limit-holder.ts";
import { costOf, type LimitOutcome, mostAtOnce, mostInAMinute } from "./play-limits.ts";

export interface LimitLine {
  readonly name: string;
  readonly limits: Partial<TokenLimits>;
  /** Three times what is allowed. */
  readonly perSecond: number;
  /** How often the limit was used, 1 for just so: counting from so many milliseconds after the start. */
  readonly used: (after: LimitOutcome, fromMs: number) => number;
}

export const LIMIT_LINES: readonly LimitLine[] = [
  {
    name: "600 requests a minute",
    limits: { rpm: 600 },
    perSecond: 30,
    used: (after, fromMs) => mostInAMinute(after, () => 1, fromMs) / 600,
  },
  {
    name: "60,000 tokens a minute",
    limits: { tpm: 60_000 },
    perSecond: 9,
    used: (after, fromMs) => mostInAMinute(after, ({ tokens }) => tokens, fromMs) / 60_000,
  },
  {
    name: "10 requests at the same time",
    limits: { concurrentRequests: 10 },
    perSecond: 40,
    used: (after, fromMs) => mostAtOnce(after, fromMs) / 10,
  },
  {
    name: "300 requests a day",
    limits: { dailyRequests: 300 },
    perSecond: 5,
    used: ({ sent }) => sent.length / 300,
  },
  {
    name: "$0.10 a day",
    limits: { dailyCostUsd: 0.1 },
    perSecond: 5,
    used: (after) => costOf(after) / 1e8,
  },
];
