/**
 * Rows of refusals that tell no number, and what they say about a limit. One says nothing: upstreams hiccup, and refuse at any
 * count. Only where the same count is refused again and again, with rests between and nothing let in, is it a
 * limit.
 *
 * | row so far        | evidence                        | row after              | taught            |
 * | ----------------- | ------------------------------- | ---------------------- | ----------------- |
 * | any               | let in, sent after the refusal  | none                   |                   |
 * | any               | refused with nothing sent       | none                   |                   |
 * | none              | refused at count c              | c, once                |                   |
 * | c, n times        | refused at a count unlike c     | that count, once       |                   |
 * | c, n times        | refused at a count like c       | the less, n + 1 times  | see `isTaught`    |
 * @module
 */

export interface RefusalRow {
  /** Requests that the window held when the next was refused. */
  readonly count: number;
  readonly times: number;
  /** Epoch milliseconds of the first refusal, and of the last. */
  readonly sinceMs: number;
  readonly lastMs: number;
}

export type SilentEvidence =
  | { readonly kind: "let-in"; readonly sentMs: number }
  | { readonly kind: "refused"; readonly count: number; readonly atMs: number };

/** So often in a row, over so long, and it is the count that is refused. */
const TAUGHT_TIMES = 3;
const REPEATED_MS = 4_900;
const TAUGHT_MS = 10_000;

/** Counts within a tenth, or one, are alike: requests overtake each other. */
export function isLike(count: number, other: number): boolean {
  return Math.abs(count - other) <= Math.max(1, Math.max(count, other) / 10);
}

/** The row of refusals after one more piece of evidence. */
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

/** Whether a row is of more than one bad moment: short rests may all fall into a hiccup of seconds. */
export function isRepeated({ times, sinceMs, lastMs }: RefusalRow): boolean {
  return times >= 2 && lastMs - sinceMs >= REPEATED_MS;
}

/** Whether a row teaches its count as the limit of a window. */
export function isTaught({ times, sinceMs, lastMs }: RefusalRow): boolean {
  return times >= TAUGHT_TIMES && lastMs - sinceMs >= TAUGHT_MS;
}
