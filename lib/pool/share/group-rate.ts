import type { SharedPrior } from "../learn/shared-limit-prior";
import type { Group } from "../schedule/group";

const MINUTE_MS = 60_000;
/** The rate of all keys together is recomputed after at least this long, later if there are many keys. */
const LEAST_LIFE_MS = 1_000;
const LIFE_MS_A_GROUP = 0.2;

type Known = Pick<SharedPrior, "limit" | "windowMs">;

/** The rate of all groups together, cached for a while. */
export class GroupRate {
  #perMs: number | null = null;
  #untilMs = 0;

  /** Requests per millisecond; null if it is unknown for any group. */
  perMs(groups: readonly Group[], prior: Known, nowMs: number): number | null {
    if (nowMs < this.#untilMs) return this.#perMs;
    this.#untilMs = nowMs + Math.max(LEAST_LIFE_MS, groups.length * LIFE_MS_A_GROUP);
    this.#perMs = sumOf(groups, prior, nowMs);
    return this.#perMs;
  }

  /** Discards the cached rate, because a limit was learned. */
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
