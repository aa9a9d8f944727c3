import type { Group } from "./group";
import type { Habits } from "./habits";

const MINUTE_MS = 60_000;
/** What all keys together may send is worked out anew after this long at least, and after longer for many. */
const LEAST_LIFE_MS = 1_000;
const LIFE_MS_A_GROUP = 0.2;

type Known = Pick<Habits, "limit" | "windowMs">;

/** What groups may send together, kept for a while. */
export class GroupRate {
  #perMs: number | null = null;
  #untilMs = 0;

  /** Requests a millisecond; null where that is not known of every group. */
  perMs(groups: readonly Group[], habits: Known, nowMs: number): number | null {
    if (nowMs < this.#untilMs) return this.#perMs;
    this.#untilMs = nowMs + Math.max(LEAST_LIFE_MS, groups.length * LIFE_MS_A_GROUP);
    this.#perMs = sumOf(groups, habits, nowMs);
    return this.#perMs;
  }

  /** Something was learned. */
  forget(): void {
    this.#untilMs = 0;
  }
}

function sumOf(groups: readonly Group[], { limit, windowMs }: Known, nowMs: number): number | null {
  let perMs = 0;
  const seen = new Set<string>();
  for (const { id: domain, pace, isShared } of groups) {
    if (isShared && seen.has(domain)) continue;
    if (isShared) seen.add(domain);
    const ofDomain =
      pace?.ratePerMs(nowMs) ?? (limit === null ? null : limit / (windowMs ?? MINUTE_MS));
    if (ofDomain === null) return null;
    perMs += ofDomain;
  }
  return perMs;
}
