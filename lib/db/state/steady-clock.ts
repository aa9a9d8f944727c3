/**
 * A clock for gaps and waits: it runs with the machine's, but stands still where that one is set back. On the
 * machine's own, a moment in the future would be waited for until the clock has caught up, an hour or a day.
 *
 * @param nowMs The machine's clock, epoch milliseconds.
 */
export function steadyClock(nowMs: () => number): () => number {
  let latestMs = Number.NEGATIVE_INFINITY;
  let behindMs = 0;
  return () => {
    const ms = nowMs();
    if (ms + behindMs < latestMs) behindMs = latestMs - ms;
    latestMs = ms + behindMs;
    return latestMs;
  };
}
