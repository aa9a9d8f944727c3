/**
 * A clock for gaps and waits: it follows the machine's clock, but stands still if that is set back. With the machine's
 * own clock, waiting for a future time would last until the clock has caught up, an hour or a day.
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
