/**
 * Series of rejections that state no number, and what they say about a limit. A single one says nothing: providers
 * hiccup, and reject at any count. Only if the same count is rejected again and again, with cooldowns in between and
 * nothing accepted, is it a limit.
 *
 * | series so far     | evidence                         | series after          | taught            |
 * | ----------------- | -------------------------------- | --------------------- | ----------------- |
 * | any               | accepted, sent after the rejection | none                |                   |
 * | any               | rejected with nothing sent       | none                  |                   |
 * | none              | rejected at count c              | c, once               |                   |
 * | c, n times        | rejected at a count unlike c     | that count, once      |                   |
 * | c, n times        | rejected at a count like c       | the lower, n + 1 times | see `isTaught`   |
 * @module
 */

export interface RefusalRow {
  /** Requests in the window when the next one was rejected. */
  readonly count: number;
  readonly times: number;
  /** Epoch milliseconds of the first refusal, and of the last. */
  readonly sinceMs: number;
  readonly lastMs: number;
}

export type SilentEvidence =
  | { readonly kind: "let-in"; readonly sentMs: number }
  | { readonly kind: "refused"; readonly count: number; readonly atMs: number };

/** After this many in a row, over at least `TAUGHT_MS`, the count is the cause. */
const TAUGHT_TIMES = 3;
const REPEATED_MS = 4_900;
const TAUGHT_MS = 10_000;

/** Counts are alike if they differ by at most a tenth, or one: requests can overtake each other. */
export function isLike(count: number, other: number): boolean {
  return Math.abs(count - other) <= Math.max(1, Math.max(count, other) / 10);
}

/** The series of rejections after one more piece of evidence. */
export function nextRow(row: RefusalRow | null, evidence: SilentEvidence): RefusalRow | null {
  if (evidence.kind === "let-in") {
    return row !== null && evidence.sentMs > row.lastMs ? null : row;
  }
  const { count, atMs } = evidence;
  if (count === 0) return null;
  if (row === null || !isLike(count, row.count)) {
    return { count, times: 1, sinceMs: atMs, lastMs: atMs };
  }
  return { ...row, count: Math.min(count, row.count), times: row.times + 1, lastMs: atMs };
}

/** Whether a series spans more than one bad moment: several short cooldowns can fall into one hiccup of seconds. */
export function isRepeated({ times, sinceMs, lastMs }: RefusalRow): boolean {
  return times >= 2 && lastMs - sinceMs >= REPEATED_MS;
}

/** Whether a series teaches its count as the limit of a window. */
export function isTaught({ times, sinceMs, lastMs }: RefusalRow): boolean {
  return times >= TAUGHT_TIMES && lastMs - sinceMs >= TAUGHT_MS;
}
