/** The scenarios for limits, and how much of each was used. @module */
import type { TokenLimits } from "../../../lib/budgets/limit-holder.ts";
import { costOf, type LimitOutcome, mostAtOnce, mostInAMinute } from "./play-limits.ts";

export interface LimitLine {
  readonly name: string;
  readonly limits: Partial<TokenLimits>;
  /** Three times the limit. */
  readonly perSecond: number;
  /** How much of the limit was used, 1 for all of it: counting from this many milliseconds after the start. */
  readonly used: (after: LimitOutcome, fromMs: number) => number;
}

export const LIMIT_LINES: readonly LimitLine[] = [
  {
    name: "300 requests a minute",
    limits: { rpm: 300 },
    perSecond: 15,
    used: (after, fromMs) => mostInAMinute(after, () => 1, fromMs) / 300,
  },
  {
    name: "30,000 tokens a minute",
    limits: { tpm: 30_000 },
    perSecond: 4.5,
    used: (after, fromMs) => mostInAMinute(after, ({ tokens }) => tokens, fromMs) / 30_000,
  },
  {
    name: "5 requests at the same time",
    limits: { concurrentRequests: 5 },
    perSecond: 20,
    used: (after, fromMs) => mostAtOnce(after, fromMs) / 5,
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
