/**
 * The limits that apply to a domain for one model, and where they come from; shown to people.
 * @module
 */
import type { LearnedLimit } from "../learn/learned-limit";
import type { KnownLimit } from "../types";
import type { Limit } from "./limit";
import type { ReportedQuotas } from "./reported-quotas";

/** @param isProbed Whether a probe is in progress, or was sent, to check if the learned limit still applies. */
export function knownLimits(
  set: readonly Limit[],
  reported: ReportedQuotas | null,
  learned: LearnedLimit,
  isProbed: boolean,
  nowMs: number,
): readonly KnownLimit[] {
  const known = (limit: Limit, source: KnownLimit["source"]): KnownLimit[] => {
    const size = limit.size(nowMs);
    if (size === null) return [];
    const left = Math.max(0, limit.left(nowMs));
    return [{ unit: limit.unit, source, limit: size.limit, windowMs: size.windowMs, left }];
  };
  return [
    ...set.flatMap((limit) => known(limit, "set")),
    ...[...(reported?.values() ?? [])].flatMap((limit) => known(limit, "told")),
    ...known(learned, "learnt").map((limit) => ({
      ...limit,
      learntFrom: learned.origin,
      isProbed,
    })),
  ];
}
