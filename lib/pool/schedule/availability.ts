import type { Group } from "./group";
import { readyAtMs } from "./readiness";

/** How many keys could serve a model, and when. */
export interface Availability {
  /** Active keys that may serve it at all. */
  readonly keys: number;
  /** Those that could take a request now. */
  readonly ready: number;
  /** When the first of them can, in epoch milliseconds; now or earlier if one is ready, null if there is none. */
  readonly readyAtMs: number | null;
}

export function availabilityOf(
  groups: readonly Group[],
  model: string,
  nowMs: number,
): Availability {
  let [keys, ready] = [0, 0];
  let firstMs: number | null = null;
  for (const group of groups) {
    const roomMs = group.roomAtMs(1, nowMs);
    for (const { key, present, opens } of group.entries) {
      if (!present || !opens || key.status !== "active") continue;
      const atMs = Math.max(roomMs, readyAtMs(key, model));
      keys += 1;
      if (atMs <= nowMs) ready += 1;
      firstMs = Math.min(firstMs ?? atMs, atMs);
    }
  }
  return { keys, ready, readyAtMs: firstMs };
}
