/** Caps of one key in several isolates that report to each other what they hold and spend, in virtual time. */
import { expect, test } from "vitest";
import { SimUses } from "../../bench/lib/isolates/sim-uses.ts";
import { seededRandom } from "../../bench/lib/quota/random.ts";
import { VirtualTime } from "../../bench/lib/quota/virtual-time.ts";
import { KeyPool } from "../../lib/pool/key-pool.ts";
import { UseBoard } from "../../lib/pool/peers/use-board.ts";
import { type Lease, newKeyRequest } from "../../lib/pool/pick-result.ts";
import type { KeyCapValues } from "../../lib/pool/types.ts";

const USD = 1e9;
const START = Date.UTC(2026, 10, 29, 12);
const COUNT_MS = 60_000;
/** By then isolates know about each other, even those with few requests. */
const WARM_MS = 30_000;

interface World {
  readonly isolates: number;
  readonly caps: Partial<KeyCapValues>;
  readonly seconds: number;
  /** Requests per second at each isolate. */
  readonly rates: readonly number[];
  readonly requestMs: number;
  readonly costUsd: number;
}

/** Simulates requests that arrive evenly, wait up to ten seconds, and all take equally long. */
async function play({ isolates, caps, seconds, rates, requestMs, costUsd }: World) {
  const time = new VirtualTime(START);
  const random = seededRandom(7);
  const rows = new SimUses(time, random);
  const none = { concurrentRequests: null, dailyCostUsd: null, monthlyCostUsd: null };
  let [held, heldMs, spent, served, begun, beyond] = [0, 0, 0, 0, 0, 0];
  const cap = caps.concurrentRequests ?? Number.POSITIVE_INFINITY;
  const pools: KeyPool[] = [];
  const endMs = START + seconds * 1_000;

  function serve(pool: KeyPool, lease: Lease, tell: () => void): void {
    pool.reserve(lease, costUsd * USD, time.nowMs);
    held += 1;
    if (time.nowMs > START + WARM_MS) {
      begun += 1;
      beyond += Math.max(0, held - cap);
    }
    const sinceMs = time.nowMs;
    time.at(sinceMs + requestMs, () => {
      held -= 1;
      heldMs += time.nowMs - sinceMs;
      spent += costUsd * USD;
      served += 1;
      pool.spend(lease, costUsd * USD, sinceMs, time.nowMs);
      pool.release(lease, time.nowMs);
      tell();
    });
  }

  for (let index = 0; index < isolates; index += 1) {
    const board = new UseBoard(() => `is_${index}`);
    const { exchange } = rows.of(board);
    const pool = new KeyPool(random, { board, name: "openai", nowMs: () => time.nowMs });
    const key = {
      id: "pk_1",
      provider: "openai",
      sealed: "",
      masked: "",
      status: "active",
    } as const;
    const rest = { weight: 1, priority: 0, quotaDomain: null, models: null, limits: null };
    pool.upsert({ ...key, ...rest, caps: { ...none, ...caps }, cooldowns: new Map() });
    pools.push(pool);
    const tell = () => void exchange.exchangeIfDue();
    const request = () => {
      const ask = newKeyRequest({ tokenId: "at_1", weight: 1, priority: 0 });
      const waiting = { ...ask, maxWaitUntilMs: time.nowMs + 10_000 };
      const turn = () => {
        const result = pool.ask("m", waiting, time.nowMs);
        tell();
        if (result.kind === "granted") serve(pool, result.lease, tell);
        else if (result.kind === "wait") time.at(result.untilMs, turn);
      };
      turn();
    };
    const gapMs = 1_000 / (rates[index % rates.length] ?? 1);
    for (let atMs = START + random() * gapMs; atMs < endMs; atMs += gapMs) time.at(atMs, request);
  }
  for (let atMs = START + COUNT_MS; atMs < endMs; atMs += COUNT_MS) {
    // What was written until a moment before.
    time.at(atMs, () => {
      for (const pool of pools) {
        pool.noteSpent([{ keyId: "pk_1", day: spent, month: spent }], time.nowMs);
      }
    });
  }
  await time.run();
  return {
    beyond: beyond / begun / cap,
    used: heldMs / (cap * seconds * 1_000),
    spentUsd: spent / USD,
    served,
    exchanges: rows.exchanges,
  };
}

const base = {
  isolates: 8,
  caps: { concurrentRequests: 10 },
  seconds: 100,
  requestMs: 2_000,
  costUsd: 0,
};

test.each([
  ["eight isolates that want half more than there is", { ...base, rates: [0.94] }],
  ["one that wants most of it", { ...base, rates: [5, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3] }],
  [
    "three seats for four isolates",
    { ...base, isolates: 4, caps: { concurrentRequests: 3 }, rates: [0.6] },
  ],
])("requests at the same time: %s", async (_name, world) => {
  const { beyond, used } = await play(world);
  // What is in progress beyond the cap when a request begins, as a part of the cap.
  expect(beyond).toBeLessThan(0.06);
  expect(used).toBeGreaterThan(0.85);
});

test("a day's costs: eight isolates stop within what they spend in a few seconds", async () => {
  const world = { ...base, caps: { dailyCostUsd: 5 }, rates: [2], requestMs: 1_000, seconds: 180 };
  const { spentUsd } = await play({ ...world, costUsd: 0.005 });
  // Together they spend eight cents per second.
  expect(spentUsd).toBeGreaterThanOrEqual(5);
  expect(spentUsd).toBeLessThan(5 + 0.08 * 4);
});

test("nothing is reported while little of a cap is used", async () => {
  const quiet = { ...base, caps: { concurrentRequests: 20, dailyCostUsd: 1_000 }, rates: [0.2] };
  const { exchanges, served } = await play({ ...quiet, costUsd: 0.01 });
  expect(served).toBeGreaterThan(100);
  expect(exchanges).toBe(0);
});
