import { NO_COOLDOWNS, type PoolKey } from "../../../lib/pool/types.ts";

/** A key as the store would pass it to the pool; the encrypted text has a real one's length. */
export function poolKey(id: string): PoolKey {
  return {
    id,
    provider: "openai",
    // Through bytes, as it comes from a store: joined strings take twice the memory.
    sealed: Buffer.from(`v1.${id.padEnd(116, "x")}`).toString("latin1"),
    masked: "sk-s…imul",
    status: "active",
    weight: 1,
    priority: 0,
    quotaDomain: null,
    models: null,
    limits: null,
    cooldowns: NO_COOLDOWNS,
  };
}
