/** Caps of one key: its highest use, whatever the model, and when they renew. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KeyPool } from "../key-pool";
import { type KeyRequest, newKeyRequest, type PickResult } from "../pick-result";
import type { KeyCapValues, PoolKey } from "../types";

const NOON = Date.UTC(2026, 10, 29, 12);
const MIDNIGHT = Date.UTC(2026, 10, 30);
const NEXT_MONTH = Date.UTC(2026, 11, 1);
const USD = 1e9;
const NO_CAPS: KeyCapValues = {
  concurrentRequests: null,
  dailyCostUsd: null,
  monthlyCostUsd: null,
};

function keyOf(id: string, caps: Partial<KeyCapValues>, fields: Partial<PoolKey> = {}): PoolKey {
  return {
    ...{ id, provider: "openai", sealed: id, masked: id, status: "active", weight: 1, priority: 0 },
    ...{ quotaDomain: null, models: null, limits: null, cooldowns: new Map() },
    ...(Object.keys(caps).length > 0 && { caps: { ...NO_CAPS, ...caps } }),
    ...fields,
  };
}

function poolOf(...keys: readonly PoolKey[]): KeyPool {
  const pool = new KeyPool(() => 0.5);
  for (const key of keys) pool.upsert(key);
  return pool;
}

const ask = (tried?: ReadonlySet<string>): KeyRequest =>
  newKeyRequest({ tokenId: "at_1", weight: 1, priority: 0 }, tried);

function granted(turn: PickResult | null) {
  if (turn?.kind !== "granted") throw new Error(`not granted: ${turn?.kind}`);
  return turn.lease;
}

describe("requests at the same time", () => {
  test("are counted over all models, and the end of one makes room at once", () => {
    const pool = poolOf(keyOf("a", { concurrentRequests: 2 }));
    const first = granted(pool.ask("gpt-5", ask(), NOON));
    granted(pool.ask("gpt-5-mini", ask(), NOON));
    expect(pool.ask("gpt-4", ask(), NOON).kind).toBe("exhausted");
    expect(pool.availability("gpt-4", NOON)).toMatchObject({
      ready: 0,
      atCap: [{ kind: "concurrent", keys: 1 }],
    });
    pool.release(first, NOON + 1);
    pool.release(first, NOON + 1);
    granted(pool.ask("gpt-4", ask(), NOON + 1));
    expect(pool.ask("gpt-5", ask(), NOON + 1).kind).toBe("exhausted");
  });

  test("another key serves meanwhile, of a quota domain too", () => {
    const domain = { quotaDomain: "org" };
    const pool = poolOf(
      keyOf("a", { concurrentRequests: 1 }, domain),
      keyOf("b", { concurrentRequests: 1 }, domain),
    );
    const ids = [1, 2].map(() => granted(pool.ask("m", ask(), NOON)).key.id);
    expect(ids.toSorted()).toEqual(["a", "b"]);
    expect(pool.ask("m", ask(), NOON).kind).toBe("exhausted");
  });

  test("hold for a key that a request continues something with", () => {
    const pool = poolOf(keyOf("a", { concurrentRequests: 1 }));
    const lease = granted(pool.pin("m", "a", ask(), NOON));
    expect(pool.pin("m", "a", ask(), NOON)?.kind).toBe("exhausted");
    pool.release(lease, NOON);
    granted(pool.pin("m", "a", ask(), NOON));
  });

  test("a waiting request soon checks again", () => {
    const pool = poolOf(keyOf("a", { concurrentRequests: 1 }));
    granted(pool.ask("m", ask(), NOON));
    const waiting = { ...ask(), maxWaitUntilMs: NOON + 10_000 };
    const turn = pool.ask("m", waiting, NOON);
    expect(turn).toMatchObject({ kind: "wait" });
    expect(turn.kind === "wait" && turn.untilMs - NOON).toBeLessThanOrEqual(50);
  });

  test("a request that was lost with its isolate holds nothing forever", () => {
    const pool = poolOf(keyOf("a", { concurrentRequests: 1 }));
    granted(pool.ask("m", ask(), NOON));
    granted(pool.ask("m", ask(), NOON + 3_600_001));
  });

  test("the cap that a person changed or took away holds at once", () => {
    const pool = poolOf(keyOf("a", { concurrentRequests: 1 }));
    granted(pool.ask("m", ask(), NOON));
    pool.upsert(keyOf("a", { concurrentRequests: 2 }));
    granted(pool.ask("m", ask(), NOON));
    expect(pool.ask("m", ask(), NOON).kind).toBe("exhausted");
    pool.upsert(keyOf("a", {}));
    granted(pool.ask("m", ask(), NOON));
  });

  test("never more than the cap, and none idle while one waits, in any order of beginnings and ends", () => {
    const history = fc.array(fc.tuple(fc.nat(5), fc.boolean(), fc.nat(400)), { maxLength: 60 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), history, (cap, steps) => {
        const pool = poolOf(
          keyOf("a", { concurrentRequests: cap }),
          keyOf("b", { concurrentRequests: cap }),
        );
        const under = new Map<string, ReturnType<typeof granted>[]>([
          ["a", []],
          ["b", []],
        ]);
        let nowMs = NOON;
        for (const [model, begins, ms] of steps) {
          nowMs += ms;
          const total = [...under.values()].flat().length;
          if (begins) {
            const turn = pool.ask(`m${model}`, ask(), nowMs);
            expect(turn.kind === "granted").toBe(total < 2 * cap);
            if (turn.kind === "granted") under.get(turn.lease.key.id)?.push(turn.lease);
          } else {
            const own = under.get(model % 2 === 0 ? "a" : "b") ?? [];
            const lease = own.shift();
            if (lease !== undefined) pool.release(lease, nowMs);
          }
          for (const leases of under.values()) expect(leases.length).toBeLessThanOrEqual(cap);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("costs", () => {
  test("a key that reached its cap is in cooldown for every model until the cap renews, which is recorded once", () => {
    const pool = poolOf(keyOf("a", { dailyCostUsd: 1 }), keyOf("b", {}, { priority: 1 }));
    const lease = granted(pool.ask("m", ask(), NOON));
    expect(pool.spend(lease, 0.4 * USD, NOON, NOON)).toBeNull();
    expect(granted(pool.ask("m", ask(), NOON)).key.id).toBe("a");
    const reached = { keyId: "a", reason: "cost_day", untilMs: MIDNIGHT };
    expect(pool.spend(lease, 0.6 * USD, NOON, NOON)).toEqual(reached);
    expect(pool.spend(lease, 0.6 * USD, NOON, NOON)).toBeNull();
    expect(pool.get("a")?.cooldowns.get("*")).toEqual({ untilMs: MIDNIGHT, reason: "cost_day" });
    for (const model of ["m", "n"]) expect(granted(pool.ask(model, ask(), NOON)).key.id).toBe("b");
    expect(pool.availability("m", NOON).atCap).toEqual([
      { kind: "cost_day", keys: 1, readyAtMs: MIDNIGHT },
    ]);
    expect(pool.pin("m", "a", ask(), NOON)?.kind).toBe("exhausted");
    expect(granted(pool.ask("m", ask(), MIDNIGHT)).key.id).toBe("a");
  });

  test("of two caps the one that renews last says when", () => {
    const pool = poolOf(keyOf("a", { dailyCostUsd: 1, monthlyCostUsd: 2 }));
    const lease = granted(pool.ask("m", ask(), NOON));
    expect(pool.spend(lease, 2 * USD, NOON, NOON)).toMatchObject({
      reason: "cost_month",
      untilMs: NEXT_MONTH,
    });
    expect(pool.ask("m", ask(), MIDNIGHT).kind).toBe("exhausted");
    granted(pool.ask("m", ask(), NEXT_MONTH));
  });

  test("what may be spent is held while a request is under way, and given back", () => {
    const pool = poolOf(keyOf("a", { dailyCostUsd: 1 }));
    const lease = granted(pool.ask("m", ask(), NOON));
    pool.reserve(lease, 0.5 * USD, NOON);
    const second = granted(pool.ask("m", ask(), NOON));
    pool.reserve(second, 0.5 * USD, NOON);
    // Held, not spent: it is free again if one turns out to cost less.
    expect(pool.ask("m", ask(), NOON).kind).toBe("exhausted");
    pool.spend(lease, 0.1 * USD, NOON, NOON);
    pool.release(lease, NOON);
    granted(pool.ask("m", ask(), NOON));
  });

  test("a request of the day before counts for that", () => {
    const pool = poolOf(keyOf("a", { dailyCostUsd: 1 }));
    const lease = granted(pool.ask("m", ask(), MIDNIGHT - 1));
    granted(pool.ask("m", ask(), MIDNIGHT + 1));
    expect(pool.spend(lease, 5 * USD, MIDNIGHT - 1, MIDNIGHT + 1)).toBeNull();
  });

  test("what all isolates have written counts, and is never less than what is known here", () => {
    const pool = poolOf(keyOf("a", { dailyCostUsd: 3, monthlyCostUsd: 10 }));
    const lease = granted(pool.ask("m", ask(), NOON));
    pool.spend(lease, USD, NOON, NOON);
    expect(pool.noteSpent([{ keyId: "a", day: 0, month: 0 }], NOON)).toEqual([]);
    expect(pool.spend(lease, USD, NOON, NOON)).toBeNull();
    expect(pool.noteSpent([{ keyId: "a", day: 2.5 * USD, month: 12 * USD }], NOON)).toEqual([
      { keyId: "a", reason: "cost_month", untilMs: NEXT_MONTH },
    ]);
    expect(pool.get("a")?.cooldowns.get("*")?.untilMs).toBe(NEXT_MONTH);
  });

  test("after a person's reset, a reached cap is recorded again", () => {
    const pool = poolOf(keyOf("a", { dailyCostUsd: 1 }));
    const spends = [{ keyId: "a", day: USD, month: USD }];
    expect(pool.noteSpent(spends, NOON)).toHaveLength(1);
    expect(pool.noteSpent(spends, NOON)).toEqual([]);
    pool.forget("a");
    expect(pool.noteSpent(spends, NOON)).toHaveLength(1);
  });

  test("whatever requests cost, a cap is exceeded by no more than what was under way", () => {
    const costs = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.boolean()), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(costs, (steps) => {
        const pool = poolOf(keyOf("a", { dailyCostUsd: 1 }));
        const under: { lease: ReturnType<typeof granted>; cost: number }[] = [];
        let spent = 0;
        for (const [cents, begins] of steps) {
          if (begins) {
            const turn = pool.ask("m", ask(), NOON);
            if (turn.kind !== "granted") continue;
            const cost = cents * 1e7;
            pool.reserve(turn.lease, cost, NOON);
            under.push({ lease: turn.lease, cost });
          } else {
            const over = under.shift();
            if (over === undefined) continue;
            spent += over.cost;
            pool.spend(over.lease, over.cost, NOON, NOON);
            pool.release(over.lease, NOON);
          }
          // Estimates are exact here: at most the last one exceeds it.
          expect(spent).toBeLessThan(1.3 * USD);
        }
        for (const { cost } of under) spent += cost;
        expect(spent).toBeLessThan(1.3 * USD);
      }),
      { numRuns: 200 },
    );
  });
});

test("a key without caps costs a pick nothing, and its leases hold nothing", () => {
  const pool = poolOf(keyOf("a", {}));
  const lease = granted(pool.ask("m", ask(), NOON));
  expect(lease.hold).toBeNull();
  expect(lease.entry.caps).toBeNull();
  expect(pool.spend(lease, 5 * USD, NOON, NOON)).toBeNull();
});
