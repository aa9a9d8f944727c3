import type { PoolKey } from "../../../lib/pool/types.ts";

/** A key as the store would hand it to the pool; the sealed text has the length of a real one. */
export function poolKey(id: string): PoolKey {
  return {
    id,
    provider: "openai",
    sealed: `v1.${id.padEnd(116, "x")}`,
    masked: "sk-s…imul",
    status: "active",
    weight: 1,
    priority: 0,
    quotaDomain: null,
    models: null,
    cooldowns: new Map(),
  };
}
