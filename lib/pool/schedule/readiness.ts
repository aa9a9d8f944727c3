import { EVERY_MODEL, type PoolKey } from "../types";

/** When this key may next serve the model: epoch milliseconds, 0 if it isn't in cooldown. Ignores its status. */
export function readyAtMs(key: PoolKey, model: string): number {
  if (key.cooldowns.size === 0) return 0;
  return Math.max(cooldownEndMs(key, EVERY_MODEL), cooldownEndMs(key, model));
}

function cooldownEndMs({ cooldowns }: PoolKey, name: string): number {
  const cooldown = cooldowns.get(name);
  return cooldown === undefined || cooldown.isGuess === true ? 0 : cooldown.untilMs;
}
