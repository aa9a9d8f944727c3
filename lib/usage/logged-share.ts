import type { RequestEvent } from "./request-event";

/**
 * Which requests the team wants in the request log; `problems` are those without a successful response, `sampled` means
 * these and one in ten of the others.
 */
export type LogChoice = "all" | "sampled" | "problems" | "none";

/** The share of successful requests that a sampled log includes. */
export const SAMPLED_SHARE = 0.1;

/** From this share of the daily budget on, less is logged. Counting never stops. */
const THINNED_FROM = 0.6;
const PROBLEMS_ONLY_FROM = 0.75;
const NOTHING_FROM = 0.9;

/** The share of requests like this one that the team wants in the log, 0 to 1. */
export function wantedShare(choice: LogChoice, isProblem: boolean): number {
  if (choice === "none") return 0;
  if (choice === "all" || isProblem) return 1;
  return choice === "sampled" ? SAMPLED_SHARE : 0;
}

/**
 * The share that the daily budget allows, 0 to 1: the smaller of the two counts.
 * @param budget Rows that metering may write per day; 0 for no limit.
 */
export function affordableShare(
  rowsWrittenToday: number,
  budget: number,
  isProblem: boolean,
): number {
  const used = budget === 0 ? 0 : rowsWrittenToday / budget;
  if (used >= NOTHING_FROM) return 0;
  if (isProblem || used < THINNED_FROM) return 1;
  return used < PROBLEMS_ONLY_FROM ? SAMPLED_SHARE : 0;
}

export function isProblem({ outcome }: Pick<RequestEvent, "outcome">): boolean {
  return outcome !== "ok";
}
