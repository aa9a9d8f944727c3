import type { Habits } from "./experience";
import type { Group } from "./group";

const MINUTE_MS = 60_000;

/** Requests a millisecond that groups may send together; null where that is not known of every one. */
export function ratePerMs(
  groups: readonly Group[],
  { limit, windowMs }: Pick<Habits, "limit" | "windowMs">,
  nowMs: number,
): number | null {
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
