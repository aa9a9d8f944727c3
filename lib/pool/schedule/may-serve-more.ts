import type { PoolKey } from "../types";

/** Whether the new version of a key could be picked for requests, or at times, for which the old one could not. */
export function mayServeMore(before: PoolKey, after: PoolKey): boolean {
  if (after.status === "active" && before.status !== "active") return true;
  if (after.priority !== before.priority || after.weight !== before.weight) return true;
  if (after.quotaDomain !== before.quotaDomain) return true;
  if (JSON.stringify(after.models) !== JSON.stringify(before.models)) return true;
  for (const [model, cooldown] of before.cooldowns) {
    if ((after.cooldowns.get(model)?.untilMs ?? 0) < cooldown.untilMs) return true;
  }
  return false;
}
