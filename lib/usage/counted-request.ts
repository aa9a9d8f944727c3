import type { Outcome } from "./types";

/** Requests that found no quota, or were rejected before, don't count for a budget. */
export const UNCOUNTED_OUTCOMES = ["limited", "denied"] as const satisfies readonly Outcome[];

/** Whether a request with this outcome counts for the budgets of its token and its member. */
export function isCounted(outcome: Outcome): boolean {
  const uncounted: readonly Outcome[] = UNCOUNTED_OUTCOMES;
  return !uncounted.includes(outcome);
}
