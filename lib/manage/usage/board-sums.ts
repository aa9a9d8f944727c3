/**
 * The figures of a range, from its cells.
 * @module
 */
import type { CellSum } from "../../db/usage/read-usage-cells";
import { quantileMs } from "../../usage/histogram";
import { toSums, type UsageSums } from "./read-usage";
import { totalOf } from "./total-of";

export interface AnsweredSums extends UsageSums {
  /** Successful requests. */
  readonly answered: number;
}

export interface BoardSums extends AnsweredSums {
  /** Requests that ended with a 429. */
  readonly limited: number;
  /** Of the successful responses, in milliseconds; null for none, or if it isn't counted. */
  readonly duration: Quantiles;
  readonly firstToken: Quantiles;
}

export interface Quantiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** Sums over rows that are grouped by outcome. */
export function answeredSums(byOutcome: readonly CellSum[]): AnsweredSums {
  return { ...toSums(totalOf(byOutcome)), answered: requestsOf(byOutcome, "ok") };
}

/**
 * @param byOutcome Rows that are grouped by outcome.
 * @param times Rows with times, of those whose times count.
 */
export function boardSums(byOutcome: readonly CellSum[], times: readonly CellSum[]): BoardSums {
  return {
    ...answeredSums(byOutcome),
    limited: requestsOf(byOutcome, "limited"),
    duration: quantiles(times.map((row) => row.durations)),
    firstToken: quantiles(times.map((row) => row.firstTokens)),
  };
}

/** The times of the rows with an outcome, as one row per bucket. */
export function perBucketTimes(
  rows: readonly CellSum[],
  outcome: CellSum["outcome"],
): readonly CellSum[] {
  const wanted = rows.filter((row) => row.outcome === outcome);
  return [...Map.groupBy(wanted, (row) => row.bucketMs).values()].flatMap((same) =>
    same.slice(0, 1).map((first) => ({
      ...first,
      durations: summed(same.map((row) => row.durations)),
      firstTokens: summed(same.map((row) => row.firstTokens)),
    })),
  );
}

/** For each bucket. */
export function quantilesOf(
  buckets: readonly number[],
  rows: readonly CellSum[],
  counts: (row: CellSum) => readonly number[],
): Quantiles[] {
  const byBucket = new Map(rows.map((row) => [row.bucketMs, counts(row)]));
  return buckets.map((start) => quantiles([byBucket.get(start) ?? []]));
}

function quantiles(counts: readonly (readonly number[])[]): Quantiles {
  const all = summed(counts);
  return { p50: quantileMs(all, 0.5), p95: quantileMs(all, 0.95), p99: quantileMs(all, 0.99) };
}

function summed(counts: readonly (readonly number[])[]): readonly number[] {
  const length = Math.max(0, ...counts.map((each) => each.length));
  return Array.from({ length }, (_, bucket) =>
    counts.reduce((sum, each) => sum + (each[bucket] ?? 0), 0),
  );
}

function requestsOf(rows: readonly CellSum[], outcome: CellSum["outcome"]): number {
  return rows
    .filter((row) => row.outcome === outcome)
    .reduce((sum, row) => sum + row.values.requests, 0);
}
