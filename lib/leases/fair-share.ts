/**
 * Max-min fair shares in whole numbers: no isolate gets more than it demands, and what one leaves goes to those that
 * demand more, as evenly as whole numbers allow.
 *
 * All isolates that compute it from the same demands get the same result: which one gets the indivisible remainder
 * follows from the names, and is a different isolate for each limit.
 * @module
 */

export interface Demand {
  readonly isolate: string;
  /** At least 0. */
  readonly demand: number;
}

/**
 * The share of one of them.
 * @param limit A whole number.
 * @param demands Of all isolates, each once; `isolate` is one of them.
 */
export function fairShare(
  limitName: string,
  limit: number,
  demands: readonly Demand[],
  isolate: string,
): number {
  let left = Math.max(0, limit);
  let open = [...demands];
  for (;;) {
    const level = left / Math.max(1, open.length);
    const modest = open.filter(({ demand }) => demand <= level);
    const own = modest.find((each) => each.isolate === isolate);
    if (own !== undefined) return own.demand;
    if (modest.length === 0) break;
    left -= modest.reduce((sum, { demand }) => sum + demand, 0);
    open = open.filter(({ demand }) => demand > level);
  }
  const whole = Math.floor(left / Math.max(1, open.length));
  const extra = Math.floor(left - whole * open.length);
  const rank = open
    .map((each) => ({ isolate: each.isolate, place: placeOf(limitName, each.isolate) }))
    .sort((a, b) => a.place - b.place || (a.isolate < b.isolate ? -1 : 1))
    .findIndex((each) => each.isolate === isolate);
  return whole + (rank >= 0 && rank < extra ? 1 : 0);
}

/** 32-bit FNV-1a. */
function placeOf(limitName: string, isolate: string): number {
  let hash = 0x811c9dc5;
  for (const text of [limitName, " ", isolate]) {
    for (let index = 0; index < text.length; index += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    }
  }
  return hash >>> 0;
}
