import type { RequestEvent } from "./request-event";

/** Which requests the team wants in the request log; `problems` are those without a good answer. */
export type LogChoice = "all" | "problems" | "none";

/** From these shares of the day's budget on, what goes into the log gets less. Counting never does. */
const THINNED_FROM = 0.6;
const PROBLEMS_ONLY_FROM = 0.75;
const NOTHING_FROM = 0.9;
/** Of the good answers, so many still go into a thinned log. */
const THINNED_SHARE = 0.1;

/**
 * The share of requests like this one that go into the log, 0 to 1.
 * @param budget Rows that metering may write a day; 0 for no limit.
 */
export function loggedShare(rowsWrittenToday: number, budget: number, isProblem: boolean): number {
  const used = budget === 0 ? 0 : rowsWrittenToday / budget;
  if (used >= NOTHING_FROM) return 0;
  if (isProblem || used < THINNED_FROM) return 1;
  return used < PROBLEMS_ONLY_FROM ? THINNED_SHARE : 0;
}

export function isProblem({ outcome }: Pick<RequestEvent, "outcome">): boolean {
  return outcome !== "ok";
}
