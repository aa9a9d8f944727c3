import type { SharedPrior } from "../learn/shared-limit-prior";
import type { Group } from "../schedule/group";

const MINUTE_MS = 60_000;
/** What all keys together may send is worked out again after this long at least, and after longer for many. */
const LEAST_LIFE_MS = 1_000;
const LIFE_MS_A_GROUP = 0.2;

type Known = Pick<SharedPrior, "limit" | "windowMs">;

/** What groups may send together, kept for a while. */
export class GroupRate {
  #perMs: number | null = null;
  #untilMs = 0;

  /** Requests a millisecond; null where that is not known of every group. */
  perMs(groups: readonly Group[], prior: Known, nowMs: number): number | null {
    if (nowMs < this.#untilMs) return this.#perMs;
    this.#untilMs = nowMs + Math.max(LEAST_LIFE_MS, groups.length * LIFE_MS_A_GROUP);
    this.#perMs = sumOf(groups, prior, nowMs);
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
  for (const { id: domain, limiter, isShared } of groups) {
    if (isShared && seen.has(domain)) continue;
    if (isShared) seen.add(domain);
    const ofDomain =
      limiter?.ratePerMs(nowMs) ?? (limit === null ? null : limit / (windowMs ?? MINUTE_MS));
    if (ofDomain === null) return null;
    perMs += ofDomain;
  }
  return perMs;
}
