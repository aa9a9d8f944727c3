import { describe, expect, test } from "vitest";
import { KeyPool } from "./key-pool";
import { newKeyRequest } from "./pick-result";
import { EVERY_MODEL, type PoolKey } from "./types";

const NOW = 1_000_000;

function key(id: string, overrides: Partial<PoolKey> = {}): PoolKey {
  return {
    id,
    provider: "openai",
    sealed: "",
    masked: "",
    status: "active",
    weight: 1,
    priority: 0,
    quotaDomain: null,
    models: null,
    limits: null,
    cooldowns: new Map(),
    ...overrides,
  };
}

function poolOf(...keys: PoolKey[]): KeyPool {
  const pool = new KeyPool(() => 0.5);
  for (const each of keys) pool.upsert(each);
  return pool;
}

const CLAIM = { tokenId: "at_1", weight: 1, priority: 0 };

/** The key for a request that doesn't wait; its response arrives at once. */
function pick(pool: KeyPool, model: string | null, nowMs: number, tried?: ReadonlySet<string>) {
  const turn = pool.ask(model, newKeyRequest(CLAIM, tried), nowMs);
  if (turn.kind !== "granted") return null;
  pool.succeed(model, turn.lease, [], nowMs);
  return turn.lease.key;
}

function countPicks(pool: KeyPool, picks: number, model = "m", nowMs = NOW): Map<string, number> {
  const counts = new Map<string, number>();
  for (let turn = 0; turn < picks; turn += 1) {
    const id = pick(pool, model, nowMs)?.id ?? "none";
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

describe("rotation", () => {
  test("uses every ready key once before any key twice", () => {
    const pool = poolOf(...Array.from({ length: 7 }, (_, index) => key(`k${index}`)));
    for (let round = 0; round < 5; round += 1) {
      expect([...countPicks(pool, 7).values()]).toEqual([1, 1, 1, 1, 1, 1, 1]);
    }
  });

  test("keys that come later take their turn as if they had been there", () => {
    const pool = poolOf(key("a", { priority: 1 }), key("b", { priority: 1 }));
    expect(countPicks(pool, 20).size).toBe(2);
    const later = [
      key("c", { priority: 1 }),
      key("resting", {
        priority: 1,
        cooldowns: new Map([["m", { untilMs: NOW + 1_000, reason: "rate_limit_minute" }]]),
      }),
      key("disabled", { priority: 1, status: "disabled" }),
      key("of another model", { priority: 1, models: ["other"] }),
      key("of a domain", { priority: 1, quotaDomain: "team" }),
      key("of the same domain", { priority: 1, quotaDomain: "team" }),
    ];
    for (const each of later) {
      pool.upsert(each);
      pick(pool, "m", NOW);
    }
    expect(new Set(countPicks(pool, 20).keys())).toEqual(
      new Set(["a", "b", "c", "of a domain", "of the same domain"]),
    );
    expect(countPicks(pool, 20, "m", NOW + 1_000).has("resting")).toBe(true);
    // The first key of a better priority serves from now on, conversations too.
    pool.upsert(key("best"));
    expect([...countPicks(pool, 5)]).toEqual([["best", 5]]);
    const conversation = { name: "talk", isContinued: true };
    const turn = pool.ask("m", { ...newKeyRequest(CLAIM), conversation }, NOW);
    expect(turn.kind === "granted" && turn.lease.key.id).toBe("best");
  });

  test("the home of a conversation is the same, whether its keys came at once or in parts", () => {
    const ids = Array.from({ length: 200 }, (_, index) => `k${index}`);
    const homes = (pool: KeyPool) =>
      Array.from({ length: 20 }, (_, index) => {
        const conversation = { name: `talk ${index}`, isContinued: true };
        const turn = pool.ask("m", { ...newKeyRequest(CLAIM), conversation }, NOW);
        return turn.kind === "granted" ? turn.lease.key.id : "none";
      });
    const atOnce = poolOf(...ids.map((id) => key(id)));
    const inParts = poolOf(...ids.slice(0, 50).map((id) => key(id)));
    const first = { name: "first", isContinued: true };
    for (const pool of [atOnce, inParts])
      pool.ask("m", { ...newKeyRequest(CLAIM), conversation: first }, NOW);
    for (const id of ids.slice(50)) {
      inParts.upsert(key(id));
      if (id.endsWith("7")) inParts.availability("m", NOW);
    }
    expect(homes(inParts)).toEqual(homes(atOnce));
  });

  test("a key that serves a conversation out of turn lets as many of its turns pass", () => {
    const pool = poolOf(key("a"), key("b"), key("c"));
    const conversation = { name: "talk", isContinued: false };
    const first = pool.ask("m", { ...newKeyRequest(CLAIM), conversation }, NOW);
    const home = first.kind === "granted" ? first.lease.key.id : "none";
    for (let count = 0; count < 10; count += 1) {
      const talk = { name: "talk", isContinued: true };
      const turn = pool.ask("m", { ...newKeyRequest(CLAIM), conversation: talk }, NOW);
      expect(turn.kind === "granted" && turn.lease.key.id).toBe(home);
    }
    const others = countPicks(pool, 20);
    expect(others.get(home) ?? 0).toBe(0);
    expect([...others.values()]).toEqual([10, 10]);
  });

  test("a key is found although it is ahead of its turn, where no other is left", () => {
    const pool = poolOf(key("a"), key("b"));
    const talk = { name: "talk", isContinued: true };
    const turn = pool.ask("m", { ...newKeyRequest(CLAIM), conversation: talk }, NOW);
    const home = turn.kind === "granted" ? turn.lease.key.id : "none";
    const other = home === "a" ? "b" : "a";
    expect(pick(pool, "m", NOW, new Set([other]))?.id).toBe(home);
  });

  test("shares picks in the ratio of the weights, key by key", () => {
    const pool = poolOf(
      key("a", { weight: 3 }),
      key("b", { weight: 1 }),
      key("c", { weight: 1 }),
      key("d", { weight: 5 }),
    );
    const counts = countPicks(pool, 1000);
    expect(Object.fromEntries(counts)).toEqual({ a: 300, b: 100, c: 100, d: 500 });
  });

  test("goes on where it was when a key is added", () => {
    const pool = poolOf(key("a"), key("b"), key("c"));
    const first = pick(pool, "m", NOW)?.id;
    pool.upsert(key("d"));
    const next = [0, 1, 2].map(() => pick(pool, "m", NOW)?.id);
    expect(next).not.toContain(first);
    expect(new Set(next).size).toBe(3);
  });

  test("starts somewhere else in each isolate", () => {
    const ids = Array.from({ length: 20 }, (_, index) => `k${index}`);
    const firsts = new Set<string>();
    for (let seed = 1; seed <= 20; seed += 1) {
      let state = seed;
      const pool = new KeyPool(() => {
        state = (state * 48271) % 2147483647;
        return state / 2147483647;
      });
      for (const id of ids) pool.upsert(key(id));
      firsts.add(pick(pool, "m", NOW)?.id ?? "");
    }
    expect(firsts.size).toBeGreaterThan(5);
  });
});

describe("priorities", () => {
  test("a lower tier is used only while the higher has nothing ready", () => {
    const pool = poolOf(
      key("first"),
      key("second", { priority: 1 }),
      key("third", { priority: 9 }),
    );
    expect(Object.fromEntries(countPicks(pool, 10))).toEqual({ first: 10 });
    pool.cool("first", "m", NOW + 100, "rate_limit_minute");
    expect(Object.fromEntries(countPicks(pool, 10))).toEqual({ second: 10 });
    expect(Object.fromEntries(countPicks(pool, 10, "m", NOW + 100))).toEqual({ first: 10 });
  });
});

describe("cooldowns", () => {
  test("rest a key for one model only", () => {
    const pool = poolOf(key("a"), key("b"));
    pool.cool("a", "m", NOW + 1000, "rate_limit_minute");
    expect(Object.fromEntries(countPicks(pool, 4))).toEqual({ b: 4 });
    expect(Object.fromEntries(countPicks(pool, 4, "other"))).toEqual({ a: 2, b: 2 });
  });

  test("for every model put the key into cooldown everywhere, including calls without a model", () => {
    const pool = poolOf(key("a"));
    pool.cool("a", EVERY_MODEL, NOW + 1000, "out_of_credit");
    expect(pick(pool, "m", NOW)).toBeNull();
    expect(pick(pool, null, NOW)).toBeNull();
    expect(pool.availability(null, NOW)).toEqual({ keys: 1, ready: 0, readyAtMs: NOW + 1000 });
  });

  test("are never shortened", () => {
    const pool = poolOf(key("a"));
    pool.cool("a", "m", NOW + 1000, "rate_limit_day");
    pool.cool("a", "m", NOW + 10, "rate_limit_minute");
    expect(pick(pool, "m", NOW + 999)).toBeNull();
    expect(pick(pool, "m", NOW + 1000)?.id).toBe("a");
  });

  test("tell when the first key wakes, also when a rest was prolonged while asleep", () => {
    const pool = poolOf(key("a"), key("b"));
    pool.cool("a", "m", NOW + 100, "rate_limit_minute");
    pool.cool("b", "m", NOW + 300, "rate_limit_minute");
    expect(pick(pool, "m", NOW)).toBeNull();
    pool.cool("a", EVERY_MODEL, NOW + 500, "out_of_credit");
    expect(pick(pool, "m", NOW)).toBeNull();
    expect(pool.availability("m", NOW)).toEqual({ keys: 2, ready: 0, readyAtMs: NOW + 300 });
  });

  test("taken back by a new version of the key wake it at once", () => {
    const pool = poolOf(key("a"));
    pool.cool("a", "m", NOW + 1000, "rate_limit_day");
    expect(pick(pool, "m", NOW)).toBeNull();
    pool.upsert(key("a"));
    expect(pick(pool, "m", NOW)?.id).toBe("a");
  });
});

describe("a request's own tries", () => {
  test("are not repeated, and say that keys are ready", () => {
    const pool = poolOf(key("a"), key("b"));
    const tried = new Set(["a", "b"]);
    expect(pick(pool, "m", NOW, tried)).toBeNull();
    expect(pool.availability("m", NOW)).toMatchObject({ keys: 2, ready: 2 });
    tried.delete("b");
    expect(pick(pool, "m", NOW, tried)?.id).toBe("b");
  });
});

describe("keys that may not be used", () => {
  test("blocked, disabled and removed ones are never picked", () => {
    const pool = poolOf(key("a"), key("b"), key("c", { status: "disabled" }), key("d"));
    countPicks(pool, 3);
    pool.block("a");
    pool.remove("b");
    expect(Object.fromEntries(countPicks(pool, 6))).toEqual({ d: 6 });
    pool.block("d");
    expect(pick(pool, "m", NOW)).toBeNull();
    expect(pool.availability("m", NOW)).toEqual({ keys: 0, ready: 0, readyAtMs: null });
  });

  test("an unblocked key is back", () => {
    const pool = poolOf(key("a"));
    pool.block("a");
    expect(pick(pool, "m", NOW)).toBeNull();
    pool.upsert(key("a"));
    expect(pick(pool, "m", NOW)?.id).toBe("a");
  });

  test("allowed models hold, with wildcards; a call without a model may use any key", () => {
    const pool = poolOf(key("a", { models: ["gpt-4o*"] }), key("b", { models: ["o3"] }));
    expect(Object.fromEntries(countPicks(pool, 3, "gpt-4o-mini"))).toEqual({ a: 3 });
    expect(pool.availability("other", NOW)).toEqual({ keys: 0, ready: 0, readyAtMs: null });
    expect(pick(pool, null, NOW)).not.toBeNull();
  });
});

test("a rejected request learns when there is quota left for it, however many wait before it", () => {
  const rpm = [{ model: "*", rpm: 10, tpm: null, dailyRequests: null }];
  const pool = poolOf(key("a", { limits: rpm }), key("b", { limits: rpm }));
  const ask = (maxWaitMs: number) =>
    pool.ask("m", { ...newKeyRequest(CLAIM), maxWaitUntilMs: NOW + maxWaitMs }, NOW);
  for (let count = 0; count < 20; count += 1) expect(ask(0).kind).toBe("granted");
  // The quota of the next two windows, and some of the third.
  for (let count = 0; count < 45; count += 1) expect(ask(300_000).kind).toBe("wait");
  const turn = ask(1_000);
  if (turn.kind !== "exhausted") throw new Error(turn.kind);
  expect(turn.retryAtMs).toBeGreaterThan(NOW + 180_000);
  expect(turn.retryAtMs).toBeLessThan(NOW + 300_000);
});

describe("unexplained rejections", () => {
  const silent = {
    unit: "requests",
    span: "minute",
    limit: null,
    retryAtMs: null,
    requested: null,
  } as const;

  function refuse(pool: KeyPool, model: string, nowMs: number) {
    const turn = pool.ask(model, newKeyRequest(CLAIM), nowMs);
    if (turn.kind !== "granted") throw new Error(turn.kind);
    const rest = { untilMs: nowMs + 5_000, isGuess: true };
    return pool.refuse(model, turn.lease, silent, rest, nowMs);
  }

  test("are counted for key and model, each after the rest of the one before; a success ends the row", () => {
    const pool = poolOf(key("a"));
    expect(refuse(pool, "m", NOW).unexplained).toBe(1);
    expect(refuse(pool, "other", NOW).unexplained).toBe(1);
    expect(refuse(pool, "m", NOW + 5_000).unexplained).toBe(2);
    pick(pool, "m", NOW + 60_000);
    expect(refuse(pool, "m", NOW + 70_000).unexplained).toBe(1);
    expect(refuse(pool, "other", NOW + 70_000).unexplained).toBe(2);
  });

  test("put no key into cooldown for a client that would be rejected because of it", () => {
    const pool = poolOf(key("a"), key("b"));
    refuse(pool, "m", NOW);
    refuse(pool, "m", NOW);
    expect(pool.ask("m", newKeyRequest(CLAIM), NOW + 100)).toMatchObject({ kind: "granted" });
  });
});

describe("rejections that name a quota by its window, and no time", () => {
  const named = {
    unit: "requests",
    span: "minute",
    limit: null,
    retryAtMs: null,
    requested: null,
  } as const;
  const ask = (pool: KeyPool, nowMs: number) => pool.ask("m", newKeyRequest(CLAIM), nowMs);

  function refuse(pool: KeyPool, nowMs: number) {
    const turn = ask(pool, nowMs);
    if (turn.kind !== "granted") throw new Error(turn.kind);
    const rest = { untilMs: nowMs + 60_000, isGuess: false, isWindow: true };
    return pool.refuse("m", turn.lease, named, rest, nowMs);
  }

  test("put the key into cooldown for the window, and are no sign of a day's quota", () => {
    const pool = poolOf(key("a"), key("b"));
    const lesson = { untilMs: NOW + 60_000, isGuess: true, unexplained: 0 };
    expect(refuse(pool, NOW)).toMatchObject(lesson);
    expect(countPicks(pool, 4, "m", NOW + 59_999)).toEqual(new Map([["b", 4]]));
    expect(Object.fromEntries(countPicks(pool, 4, "m", NOW + 60_000))).toEqual({ a: 2, b: 2 });
  });

  test("let one request try a key where all are in cooldown, at first after a second, at last after four", () => {
    const pool = poolOf(key("a"), key("b"), key("c"));
    for (let keys = 0; keys < 3; keys += 1) refuse(pool, NOW);
    const triedAt: number[] = [];
    for (let second = 0; second < 20; second += 1) {
      const nowMs = NOW + second * 1_000;
      if (ask(pool, nowMs + 999).kind !== "granted") continue;
      triedAt.push(second);
      expect(ask(pool, nowMs + 999).kind).toBe("exhausted");
    }
    expect(triedAt).toEqual([0, 1, 3, 7, 11, 15, 19]);
  });

  test("hold back no key that has served since", () => {
    const pool = poolOf(key("a"), key("b"));
    refuse(pool, NOW);
    refuse(pool, NOW);
    const served = pick(pool, "m", NOW + 1_000)?.id;
    expect(served).toBeDefined();
    expect(countPicks(pool, 4, "m", NOW + 1_001)).toEqual(new Map([[served, 4]]));
  });
});

describe("a lease", () => {
  test("is accounted for once, whatever is said of it later", () => {
    const pool = poolOf(
      key("a", { limits: [{ model: "*", rpm: 2, tpm: null, dailyRequests: 2 }] }),
    );
    const turn = pool.ask("m", newKeyRequest(CLAIM), NOW);
    if (turn.kind !== "granted") throw new Error(turn.kind);
    const refusal = { unit: "requests", span: "minute", limit: null, requested: null } as const;
    const rest = { untilMs: NOW + 1_000, isGuess: false };
    for (let time = 0; time < 3; time += 1) {
      pool.refuse("m", turn.lease, { ...refusal, retryAtMs: NOW + 1_000 }, rest, NOW);
    }
    pool.succeed("m", turn.lease, [], NOW);
    // One rejected request was refunded once, so two more may be sent, not three.
    expect(pick(pool, "m", NOW + 2_000)?.id).toBe("a");
    expect(pick(pool, "m", NOW + 5_000)?.id).toBe("a");
    expect(pick(pool, "m", NOW + 5_001)).toBeNull();
  });
});

describe("what people say", () => {
  const rpm = (limit: number) => [{ model: "*", rpm: limit, tpm: null, dailyRequests: null }];

  test("limits apply to a request that needs a certain key: it waits, or learns until when", () => {
    const pool = poolOf(key("a", { limits: rpm(1) }));
    const ask = { ...newKeyRequest(CLAIM), maxWaitUntilMs: NOW + 120_000 };
    expect(pool.pin("m", "a", newKeyRequest(CLAIM), NOW)?.kind).toBe("granted");
    expect(pool.pin("m", "a", newKeyRequest(CLAIM), NOW + 1)).toMatchObject({ kind: "exhausted" });
    expect(pool.pin("m", "a", ask, NOW + 1)).toMatchObject({ kind: "wait" });
    expect(pool.pin("m", "a", newKeyRequest(CLAIM), NOW + 61_000)?.kind).toBe("granted");
  });

  test("a key that was disabled stays so when a block is taken back", () => {
    const pool = poolOf(key("a"), key("b"));
    pool.block("a");
    pool.upsert(key("a", { status: "disabled" }));
    pool.unblock("a");
    expect(pool.get("a")?.status).toBe("disabled");
    pool.block("a");
    expect(pool.get("a")?.status).toBe("disabled");
  });

  test("a reset forgets what was reported and learned, also for the day", () => {
    const pool = poolOf(key("a"));
    const turn = pool.ask("m", newKeyRequest(CLAIM), NOW);
    if (turn.kind !== "granted") throw new Error(turn.kind);
    const untilMs = NOW + 10 * 3_600_000;
    const day = { unit: "requests", span: "day", limit: 200, retryAtMs: untilMs } as const;
    const rest = { untilMs, isGuess: false };
    pool.refuse("m", turn.lease, { ...day, requested: null }, rest, NOW);
    expect(pick(pool, "m", NOW + 1_000)).toBeNull();
    pool.forget("a");
    expect(pick(pool, "m", NOW + 1_000)?.id).toBe("a");
  });
});

test("a conversation is no reason to use a reserve key while a better one is ready", () => {
  const untilMs = NOW + 10_000;
  const rest = new Map([[EVERY_MODEL, { untilMs, reason: "rate_limit_minute" }]]);
  const pool = poolOf(
    key("high", { cooldowns: rest }),
    key("low", { priority: 1 }),
    key("lower", { priority: 1 }),
  );
  const talk = (name: string, isContinued: boolean, nowMs: number) => {
    const turn = pool.ask(
      "m",
      { ...newKeyRequest(CLAIM), conversation: { name, isContinued } },
      nowMs,
    );
    return turn.kind === "granted" ? turn.lease.key.id : turn.kind;
  };
  expect(talk("old", false, NOW)).toMatch(/low/);
  expect(talk("old", true, untilMs + 1_000)).toBe("high");
  expect(talk("unseen", true, untilMs + 1_000)).toBe("high");
});

test("keys whose text can't be decrypted are skipped until they are encrypted again", () => {
  const pool = poolOf(key("a"), key("b"));
  pool.noteUnopenable("a");
  expect(Object.fromEntries(countPicks(pool, 2))).toEqual({ b: 2 });
  pool.upsert(key("a", { sealed: "v2" }));
  expect(countPicks(pool, 2).get("a")).toBe(1);
});

test("a random life never picks a key that must rest, and never starves one that may work", () => {
  const seed = Math.floor(Math.random() * 1e9) + 1;
  console.info(`seed ${seed}`);
  let state = seed;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const pool = new KeyPool(random);
  const keys = Array.from({ length: 30 }, (_, index) =>
    key(`k${index}`, { priority: index % 2, weight: 1 + (index % 3) }),
  );
  for (const each of keys) pool.upsert(each);
  let nowMs = NOW;
  for (let step = 0; step < 20_000; step += 1) {
    nowMs += Math.floor(random() * 20);
    const model = random() < 0.5 ? "m" : "n";
    const ready = keys.filter(
      (each) =>
        each.status === "active" &&
        (each.cooldowns.get(model)?.untilMs ?? 0) <= nowMs &&
        (each.cooldowns.get(EVERY_MODEL)?.untilMs ?? 0) <= nowMs,
    );
    const picked = pick(pool, model, nowMs);
    if (picked === null) {
      expect(ready).toEqual([]);
      continue;
    }
    expect(ready).toContain(picked);
    expect(picked.priority).toBe(Math.min(...ready.map(({ priority }) => priority)));
    const fate = random();
    if (fate < 0.3) pool.cool(picked.id, model, nowMs + random() * 500, "rate_limit_minute");
    else if (fate < 0.32) pool.cool(picked.id, EVERY_MODEL, nowMs + 300, "out_of_credit");
    else if (fate < 0.322 && keys.filter(({ status }) => status === "active").length > 5) {
      pool.block(picked.id);
    }
  }
});

describe("limits that people set", () => {
  const every = { model: "*", rpm: null, tpm: null, dailyRequests: null };

  test("the key's own goes before the provider's, the domain's holds for all its keys together", () => {
    const pool = poolOf(
      key("plain"),
      key("paid", { limits: [{ ...every, rpm: 5 }] }),
      key("twin 1", { quotaDomain: "d", limits: [{ ...every, rpm: 50 }] }),
      key("twin 2", { quotaDomain: "d" }),
    );
    const domains = new Map([["d", [{ ...every, rpm: 3 }]]]);
    pool.setLimits({ provider: [{ ...every, rpm: 2 }], domains }, "UTC");
    const counts = countPicks(pool, 100);
    expect(counts.get("plain")).toBe(2);
    expect(counts.get("paid")).toBe(5);
    expect((counts.get("twin 1") ?? 0) + (counts.get("twin 2") ?? 0)).toBe(3);
    // Each model is counted separately.
    expect(countPicks(pool, 100, "other").get("plain")).toBe(2);
  });

  test("a change holds at once, in both directions", () => {
    const pool = poolOf(key("a", { limits: [{ ...every, rpm: 1 }] }));
    expect(countPicks(pool, 5).get("a")).toBe(1);
    pool.upsert(key("a", { limits: [{ ...every, rpm: 3 }] }));
    expect(countPicks(pool, 5).get("a")).toBe(2);
    pool.upsert(key("a", { limits: [{ ...every, rpm: 3, dailyRequests: 3 }] }));
    expect(countPicks(pool, 5, "m", NOW + 61_000).get("a")).toBe(3);
    pool.upsert(key("a"));
    expect(countPicks(pool, 5, "m", NOW + 61_001).get("a")).toBe(5);
  });

  test("what other isolates used of the day counts before the first request here", () => {
    const pool = poolOf(key("a"), key("b"));
    const daily = { ...every, dailyRequests: 10 };
    pool.setLimits({ provider: [daily], domains: new Map() }, "UTC");
    expect(pool.hasDailyLimits).toBe(true);
    pool.noteUsedToday(
      [
        { keyId: "a", model: "m", requests: 10 },
        { keyId: "b", model: "m", requests: 8 },
        { keyId: "gone", model: "m", requests: 1 },
      ],
      NOW,
    );
    expect(countPicks(pool, 5)).toEqual(
      new Map([
        ["b", 2],
        ["none", 3],
      ]),
    );
    expect(countPicks(pool, 20, "m", NOW + 86_400_000).get("a")).toBe(10);
    expect(pool.knownLimits("b", NOW + 86_400_000)).toEqual([
      {
        model: "m",
        limits: [{ source: "set", unit: "requests", limit: 10, windowMs: 86_400_000, left: 0 }],
      },
    ]);
  });
});

test("what another request found no room for changes nothing about when a key is available", () => {
  const pool = poolOf(key("a"));
  const limits = { model: "*", rpm: null, tpm: 1_000, dailyRequests: null };
  pool.setLimits({ provider: [limits], domains: new Map() }, "UTC");
  expect(pick(pool, "m", NOW)?.id).toBe("a");
  const before = pool.availability("m", NOW + 1);
  const large = { ...newKeyRequest(CLAIM), tokens: 1_000 };
  expect(pool.ask("m", large, NOW + 1)).toMatchObject({ kind: "exhausted" });
  expect(pool.availability("m", NOW + 1)).toEqual(before);
  expect(before).toEqual({ keys: 1, ready: 1, readyAtMs: 0 });
  expect(pick(pool, "m", NOW + 1)?.id).toBe("a");
});

test("a token that fills the line leaves room in it for others", () => {
  const pool = poolOf(
    key("a", { limits: [{ model: "*", rpm: 3_000, tpm: null, dailyRequests: null }] }),
  );
  const asking = (tokenId: string) => {
    const request = {
      ...newKeyRequest({ ...CLAIM, tokenId }),
      maxWaitUntilMs: NOW + 120_000,
    };
    return pool.ask("m", request, NOW).kind;
  };
  const flood = Array.from({ length: 6_000 }, () => asking("at_flood"));
  expect(flood).toContain("wait");
  expect(flood.at(-1)).toBe("exhausted");
  expect(Array.from({ length: 60 }, () => asking("at_other"))).toEqual(
    Array.from({ length: 60 }, (_, index) => (index < 50 ? "wait" : "exhausted")),
  );
  // However many tokens there are.
  const many = Array.from({ length: 3_000 }, (_, index) => asking(`at_${index}`));
  expect(many.filter((kind) => kind === "wait").length).toBeLessThanOrEqual(2_000);
  expect(many.at(-1)).toBe("exhausted");
});
