import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KeyPool } from "../key-pool";
import { newKeyRequest } from "../pick-result";
import type { Claim, PoolKey, TokenGroup } from "../types";
import { ProviderPools, sectionName } from "./provider-pools";

const NOW = Date.UTC(2026, 10, 23, 12);
const group = (id: string, weight = 1): TokenGroup => ({ id, weight, usesCommonKeys: true });
const claim = (tokenId: string, own?: TokenGroup): Claim => ({
  ...{ tokenId, weight: 1, priority: 0 },
  ...(own !== undefined && { group: own }),
});

function key(id: string, rpm: number | null = null): PoolKey {
  return {
    ...{ id, provider: "openai", sealed: id, masked: id, status: "active", weight: 1 },
    ...{ priority: 0, quotaDomain: null, models: null, cooldowns: new Map() },
    limits: rpm === null ? null : [{ model: "*", rpm, tpm: null, dailyRequests: null }],
  };
}

/** The same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

describe("sections", () => {
  test("are named by their groups, and a key that serves none is not a common one", () => {
    const names = [null, [], ["gr_a"], ["gr_b"], ["gr_a", "gr_b"]].map((groups) =>
      sectionName(groups),
    );
    expect(new Set(names).size).toBe(names.length);
    const pools = new ProviderPools(() => new KeyPool(() => 0.5));
    pools.of([]).upsert(key("pk_none"));
    expect(pools.common.size).toBe(0);
    expect(pools.forCaller(group("gr_a")).size).toBe(0);
    expect(pools.everyKey().size).toBe(1);
  });

  test("that became empty are discarded, and groups learn of new ones", () => {
    const pools = new ProviderPools(() => new KeyPool(() => 0.5));
    const own = pools.forCaller(group("gr_a"));
    expect(own.size).toBe(0);
    const section = pools.of(["gr_a"]);
    section.upsert(key("pk_1"));
    expect(own.size).toBe(1);
    section.remove("pk_1");
    pools.removed(section);
    expect(pools.all()).toEqual([pools.common]);
    expect(own.ask("m", newKeyRequest(claim("at_1", group("gr_a"))), NOW).kind).toBe("unavailable");
  });

  test("of groups change nothing for tokens without one", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.array(fc.record({ token: fc.nat(3), waitMs: fc.nat(20_000), isOfGroup: fc.boolean() }), {
          maxLength: 60,
        }),
        (seed, requests) => {
          const alone = new KeyPool(seeded(seed));
          const random = seeded(seed);
          const pools = new ProviderPools(
            (section) => new KeyPool(section === "" ? random : () => 0.5),
          );
          for (let index = 0; index < 4; index += 1) {
            alone.upsert(key(`pk_${index}`, 3));
            pools.of(["gr_a"]).upsert(key(`pk_a${index}`, 3));
            pools.common.upsert(key(`pk_${index}`, 3));
          }
          let nowMs = NOW;
          const own = { ...group("gr_a"), usesCommonKeys: false };
          for (const { token, waitMs, isOfGroup } of requests) {
            nowMs += waitMs;
            if (isOfGroup) {
              pools.forCaller(own).ask("m", newKeyRequest(claim("at_g", own)), nowMs);
              continue;
            }
            const asked = [alone, pools.forCaller(undefined)].map((pool) => {
              const turn = pool.ask("m", newKeyRequest(claim(`at_${token}`)), nowMs);
              return turn.kind === "granted" ? turn.lease.key.id : turn;
            });
            expect(asked[1]).toEqual(asked[0]);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("a request that waits in several sections", () => {
  const waiting = () => ({
    ...newKeyRequest(claim("at_1", group("gr_a"))),
    maxWaitUntilMs: NOW + 90_000,
  });

  test("leaves all of them when it gives up, and when one serves it", () => {
    const pools = new ProviderPools(() => new KeyPool(() => 0.5));
    const [section, { common }] = [pools.of(["gr_a"]), pools];
    section.upsert(key("pk_own", 1));
    common.upsert(key("pk_common", 1));
    const keys = pools.forCaller(group("gr_a"));
    const picked = [0, 1].map(() => {
      const turn = keys.ask("m", newKeyRequest(claim("at_1", group("gr_a"))), NOW);
      return turn.kind === "granted" ? turn.lease.key.id : turn.kind;
    });
    expect(picked).toEqual(["pk_own", "pk_common"]);
    const [first, second] = [waiting(), waiting()];
    expect([first, second].map((each) => keys.ask("m", each, NOW + 1_000).kind)).toEqual([
      "wait",
      "wait",
    ]);
    expect([section.queued, common.queued]).toEqual([2, 2]);
    keys.leave("m", first);
    expect([section.queued, common.queued]).toEqual([1, 1]);
    const turn = keys.ask("m", second, NOW + 2_000);
    const dueMs = turn.kind === "wait" ? turn.untilMs : 0;
    // Before that it costs nothing, and keeps its places.
    expect(keys.ask("m", second, dueMs - 1)).toEqual(turn);
    for (let nowMs = dueMs; ; ) {
      const next = keys.ask("m", second, nowMs);
      if (next.kind !== "wait") {
        expect(next.kind).toBe("granted");
        expect(nowMs).toBeLessThan(NOW + 61_000);
        break;
      }
      nowMs = next.untilMs;
    }
    expect([section.queued, common.queued]).toEqual([0, 0]);
  });
});
