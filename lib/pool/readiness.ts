import { EVERY_MODEL, type PoolKey } from "./types";

/** When this key may next serve the model: epoch milliseconds, 0 if nothing rests it. Ignores its status. */
export function readyAtMs(key: PoolKey, model: string): number {
  if (key.cooldowns.size === 0) return 0;
  const forAll = key.cooldowns.get(EVERY_MODEL)?.untilMs ?? 0;
  const forModel = key.cooldowns.get(model)?.untilMs ?? 0;
  return Math.max(forAll, forModel);
}
