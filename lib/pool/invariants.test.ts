/** What must be true of a pool whatever happens to it: random histories in virtual time. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Accusation } from "./guard/key-trouble";
import { KeyPool } from "./key-pool";
import { type Lease, newKeyRequest } from "./pick-result";
import type { PoolKey } from "./types";

const NOW = 1_700_000_000_000;
const MINUTE = 60_000;
const MODEL = "m";

interface KeySketch {
  readonly priority: number;
  readonly weight: number;
  readonly rpm: number | null;
  readonly daily: number | null;
}

type Step =
  | { readonly kind: "wait"; readonly ms: number }
  | {
      readonly kind: "ask";
      readonly talk: number | null;
      readonly isContinued: boolean;
      readonly end: "ok" | "told" | "bare" | "accused" | "failed" | "silent" | "left";
    }
  | { readonly kind: "pinned"; readonly key: number }
  | { readonly kind: "rest"; readonly key: number; readonly ms: number }
  | { readonly kind: "block" | "disable" | "enable" | "reset"; readonly key: number };

const sketch: fc.Arbitrary<KeySketch> = fc.record({
  priority: fc.integer({ min: 0, max: 2 }),
  weight: fc.integer({ min: 1, max: 3 }),
  rpm: fc.option(fc.integer({ min: 1, max: 6 })),
  daily: fc.option(fc.integer({ min: 1, max: 30 })),
});

const someKey = fc.nat({ max: 7 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("wait"), ms: fc.nat({ max: 20_000 }) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("ask"),
      talk: fc.option(fc.nat({ max: 5 })),
      isContinued: fc.boolean(),
      end: fc.constantFrom("ok", "ok", "told", "bare", "accused", "failed", "silent", "left"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("pinned"), key: someKey }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("rest"),
      key: someKey,
      ms: fc.nat({ max: 60_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("block", "disable", "enable", "reset"),
      key: someKey,
    }),
  },
);

function keyOf(index: number, { priority, weight, rpm, daily }: KeySketch): PoolKey {
  const limits =
    rpm === null && daily === null ? null : [{ model: "*", rpm, tpm: null, dailyRequests: daily }];
  return {
    id: `k${index}`,
    provider: "openai",
    sealed: "",
    masked: "",
    status: "active",
    weight,
    priority,
    quotaDomain: null,
    models: null,
    limits,
    cooldowns: new Map(),
  };
}

function accusationOf(keyId: string, tokenId: string, atMs: number): Accusation {
  const evidence = { meaning: "key_invalid", rule: "bad-key", status: 401, words: "" } as const;
  return {
    rule: "bad-key",
    tokenId,
    request: tokenId,
    mayConvict: true,
    sentence: {
      keyId,
      provider: "openai",
      effect: { kind: "block" },
      evidence: { ...evidence, requestId: "r", model: MODEL, atMs },
    },
  };
}

/** One pool's history, checked at each step. */
class Life {
  readonly #pool: KeyPool;
  readonly #sketches: readonly KeySketch[];
  readonly #sends = new Map<string, number[]>();
  #nowMs = NOW;
  #asks = 0;
  readonly picks: string[] = [];

  constructor(sketches: readonly KeySketch[], seed: number) {
    let state = seed;
    this.#pool = new KeyPool(() => {
      state = (Math.imul(state, 48_271) >>> 0) % 2_147_483_647;
      return state / 2_147_483_647;
    });
    this.#sketches = sketches;
    for (const [index, each] of sketches.entries()) this.#pool.upsert(keyOf(index, each));
  }

  take(step: Step): void {
    const pool = this.#pool;
    switch (step.kind) {
      case "wait":
        this.#nowMs += step.ms;
        return;
      case "ask":
        this.#ask(step);
        return;
      case "pinned": {
        const turn = pool.pin(MODEL, `k${step.key}`, newKeyRequest(this.#claim()), this.#nowMs);
        if (turn?.kind !== "granted") return;
        this.#checkLease(turn.lease);
        pool.succeed(MODEL, turn.lease, [], this.#nowMs);
        return;
      }
      case "rest": {
        const id = `k${step.key}`;
        const before = pool.get(id)?.cooldowns.get(MODEL)?.untilMs ?? 0;
        const cooldown = { untilMs: this.#nowMs + step.ms, reason: "rate_limit_minute" };
        pool.startCooldown(id, { every: false, model: MODEL }, cooldown);
        const after = pool.get(id)?.cooldowns.get(MODEL)?.untilMs ?? before;
        expect(after).toBeGreaterThanOrEqual(before);
        return;
      }
      case "block":
        pool.block(`k${step.key}`);
        return;
      default:
        this.#change(step.key, step.kind);
    }
  }

  #change(index: number, kind: "disable" | "enable" | "reset"): void {
    const key = this.#pool.get(`k${index}`);
    if (key === undefined) return;
    if (kind === "reset") {
      this.#pool.upsert({ ...key, cooldowns: new Map() });
      this.#pool.forget(key.id);
    } else this.#pool.upsert({ ...key, status: kind === "enable" ? "active" : "disabled" });
  }

  /** A request of one of several tokens. If one has had more than its share, quota is held back for the others. */
  #claim() {
    this.#asks += 1;
    return { tokenId: "at_one", weight: 1, priority: 0 };
  }

  #ask({ talk, isContinued, end }: Extract<Step, { kind: "ask" }>): void {
    const [pool, nowMs] = [this.#pool, this.#nowMs];
    const conversation = talk === null ? null : { name: `talk ${talk}`, isContinued };
    const claim = this.#claim();
    const ready = this.#readyPriorities();
    const turn = pool.ask(MODEL, { ...newKeyRequest(claim), conversation }, nowMs);
    if (turn.kind !== "granted") {
      // No request is turned away while a key is ready.
      expect(ready).toEqual([]);
      this.picks.push(turn.kind);
      return;
    }
    const { lease } = turn;
    this.picks.push(lease.key.id);
    this.#checkLease(lease);
    expect(lease.key.priority).toBeLessThanOrEqual(Math.min(...ready, 99));
    this.#end(lease, end, `at_${this.#asks % 3}`);
  }

  #end(lease: Lease, end: Extract<Step, { kind: "ask" }>["end"], tokenId: string): void {
    const [pool, nowMs] = [this.#pool, this.#nowMs];
    const quota = { unit: "requests", span: "minute", limit: null, requested: null } as const;
    if (end === "ok") pool.succeed(MODEL, lease, [], nowMs);
    if (end === "told") {
      const rest = { untilMs: nowMs + 2_000, isGuess: false };
      pool.refuse(MODEL, lease, { ...quota, retryAtMs: nowMs + 2_000 }, rest, nowMs);
    }
    if (end === "bare") {
      const rest = { untilMs: nowMs + 5_000, isGuess: true };
      pool.refuse(MODEL, lease, { ...quota, retryAtMs: null }, rest, nowMs);
    }
    if (end === "told" || end === "bare") this.#sends.get(lease.key.id)?.pop();
    if (end === "accused") {
      pool.accuse(MODEL, lease, accusationOf(lease.key.id, tokenId, nowMs), nowMs);
    }
    if (end === "failed") pool.fail(MODEL, lease, null, nowMs);
    if (end === "silent") pool.noteSilence(MODEL, lease, nowMs);
    pool.drop(MODEL, lease, nowMs);
    // A lease that was settled twice changes nothing.
    pool.succeed(MODEL, lease, [], nowMs);
  }

  /** Priorities of the keys that nothing at all prevents from serving. */
  #readyPriorities(): number[] {
    const groups = this.#pool.knownGroups(MODEL, this.#nowMs);
    return groups.flatMap((group) =>
      group.roomAtMs(1, this.#nowMs) <= this.#nowMs &&
      group.entries.every(({ trouble }) => trouble === null) &&
      group.canServe(MODEL, new Set(), this.#nowMs)
        ? [group.priority]
        : [],
    );
  }

  #checkLease({ key }: Lease): void {
    const nowMs = this.#nowMs;
    expect(this.#pool.get(key.id)?.status).toBe("active");
    const sends = this.#sends.get(key.id) ?? [];
    this.#sends.set(key.id, sends);
    sends.push(nowMs);
    const { rpm, daily } = this.#sketches[Number(key.id.slice(1))] ?? { rpm: null, daily: null };
    if (rpm !== null) {
      expect(sends.filter((atMs) => atMs > nowMs - MINUTE).length).toBeLessThanOrEqual(rpm);
    }
    if (daily !== null) {
      const today = Math.floor(nowMs / 86_400_000);
      const ofToday = sends.filter((atMs) => Math.floor(atMs / 86_400_000) === today);
      expect(ofToday.length).toBeLessThanOrEqual(daily);
    }
  }
}

const life = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  sketches: fc.array(sketch, { minLength: 1, maxLength: 8 }),
  steps: fc.array(step, { minLength: 1, maxLength: 80 }),
});

test("set limits, tiers, states and work conservation hold through any history, which repeats itself", () => {
  fc.assert(
    fc.property(life, ({ seed, sketches, steps }) => {
      const [one, other] = [new Life(sketches, seed), new Life(sketches, seed)];
      for (const each of steps) {
        one.take(each);
        other.take(each);
      }
      expect(other.picks).toEqual(one.picks);
    }),
    { numRuns: 2_000 },
  );
}, 120_000);

test("weights are kept within 5 % over 10,000 picks", () => {
  const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(weights, (all) => {
      const pool = new KeyPool(() => 0.5);
      for (const [index, weight] of all.entries()) {
        pool.upsert(keyOf(index, { priority: 0, weight, rpm: null, daily: null }));
      }
      const counts = all.map(() => 0);
      for (let pick = 0; pick < 10_000; pick += 1) {
        const turn = pool.ask(
          MODEL,
          newKeyRequest({ tokenId: "t", weight: 1, priority: 0 }),
          NOW + pick,
        );
        if (turn.kind !== "granted") throw new Error(turn.kind);
        pool.succeed(MODEL, turn.lease, [], NOW + pick);
        const index = Number(turn.lease.key.id.slice(1));
        counts[index] = (counts[index] ?? 0) + 1;
      }
      const sum = all.reduce((total, weight) => total + weight, 0);
      for (const [index, weight] of all.entries()) {
        const share = (10_000 * weight) / sum;
        expect(Math.abs((counts[index] ?? 0) - share)).toBeLessThanOrEqual(Math.max(2, share / 20));
      }
    }),
    { numRuns: 30 },
  );
}, 120_000);

test("a limit that answers put into numbers is kept to in every window, however requests come", () => {
  const gaps = fc.array(fc.nat({ max: 9_000 }), { minLength: 60, maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 20 }), gaps, (limit, all) => {
      const pool = new KeyPool(() => 0.5);
      pool.upsert(keyOf(0, { priority: 0, weight: 1, rpm: null, daily: null }));
      const sends: number[] = [];
      let nowMs = NOW;
      let isTaught = false;
      for (const gapMs of all) {
        nowMs += gapMs;
        const claim = { tokenId: "t", weight: 1, priority: 0 };
        const turn = pool.ask(MODEL, newKeyRequest(claim), nowMs);
        if (turn.kind !== "granted") continue;
        const inWindow = sends.filter((atMs) => atMs > nowMs - MINUTE);
        if (inWindow.length < limit) {
          pool.succeed(MODEL, turn.lease, [], nowMs);
          sends.push(nowMs);
          continue;
        }
        // Once the limit is known, only a probe may exceed it.
        if (isTaught) expect(turn.lease.sent.isProbe).toBe(true);
        isTaught = true;
        const retryAtMs = (inWindow[inWindow.length - limit] ?? nowMs) + MINUTE;
        const refusal = { unit: "requests", span: "minute", limit, requested: null } as const;
        const rest = { untilMs: retryAtMs, isGuess: false };
        pool.refuse(MODEL, turn.lease, { ...refusal, retryAtMs }, rest, nowMs);
      }
    }),
    { numRuns: 500 },
  );
}, 120_000);
