/**
 * 100,000 keys and ten million requests through the pool alone, at 90 % of what the keys allow.
 * @module
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { KeyPool } from "../../../lib/pool/key-pool.ts";
import { newKeyRequest } from "../../../lib/pool/pick-result.ts";
import { poolKey } from "./pool-key.ts";
import { seededRandom } from "./random.ts";

const KEYS = 100_000;
const REQUESTS = 10_000_000;
const LIMIT = 10;
const GAP_MS = 60_000 / (KEYS * LIMIT * 0.9);
const MODEL = "gpt-sim";

export function playLargePool(seed: number): {
  readonly microsecondsPerPick: number;
  readonly bytesPerKey: number;
} {
  const before = heapBytes();
  const pool = new KeyPool(seededRandom(seed));
  pool.setLimits(
    {
      provider: [{ model: "*", rpm: LIMIT, tpm: null, dailyRequests: null }],
      domains: new Map(),
    },
    "UTC",
  );
  for (let number = 0; number < KEYS; number += 1) pool.upsert(poolKey(`pk_${number}`));
  const claim = { tokenId: "at_one", weight: 1, priority: 0 };
  let nowMs = 1;
  const startedMs = performance.now();
  for (let request = 0; request < REQUESTS; request += 1) {
    nowMs += GAP_MS;
    const turn = pool.ask(MODEL, newKeyRequest(claim), nowMs);
    if (turn.kind !== "granted") throw new Error("nine tenths of the load must find a key at once");
    pool.succeed(MODEL, turn.lease, [], nowMs);
  }
  const tookMs = performance.now() - startedMs;
  const bytesPerKey = (heapBytes() - before) / pool.size;
  return { microsecondsPerPick: (tookMs * 1000) / REQUESTS, bytesPerKey };
}

/** The heap size after garbage collection. */
function heapBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
  return process.memoryUsage().heapUsed;
}
