import { describe, expect, test } from "vitest";
import { KeyPool } from "../key-pool";
import { type Lease, newKeyRequest } from "../pick-result";
import type { PoolKey } from "../types";
import type { Accusation } from "./key-trouble";

const NOW = 1_700_000_000_000;

function poolOf(...ids: readonly string[]): KeyPool {
  const pool = new KeyPool(() => 0.5);
  for (const id of ids) {
    const key: PoolKey = {
      ...{ id, provider: "openai", sealed: "", masked: "", status: "active", weight: 1 },
      ...{ priority: 0, quotaDomain: null, models: null, limits: null, cooldowns: new Map() },
    };
    pool.upsert(key);
  }
  return pool;
}

function leaseOf(pool: KeyPool, id: string, nowMs: number): Lease {
  const claim = { tokenId: "at", weight: 1, priority: 0 };
  const result = pool.pin("m", id, newKeyRequest(claim), nowMs);
  if (result?.kind !== "granted") throw new Error(`${id}: ${result?.kind}`);
  return result.lease;
}

function accuse(pool: KeyPool, id: string, nowMs: number, facts: Partial<Accusation> = {}) {
  const evidence = { meaning: "key_invalid", rule: "bad-key", status: 401, words: "" } as const;
  const accusation: Accusation = {
    rule: "bad-key",
    tokenId: "at_one",
    request: "POST /chat m",
    mayConvict: true,
    sentence: {
      keyId: id,
      provider: "openai",
      effect: { kind: "block" },
      evidence: { ...evidence, requestId: "r", model: "m", atMs: nowMs },
    },
    ...facts,
  };
  return pool.accuse("m", leaseOf(pool, id, nowMs), accusation, nowMs);
}

const sentences = (effects: readonly { readonly kind: string }[]) =>
  effects.filter(({ kind }) => kind === "sentenced");

const answer = (pool: KeyPool, id: string, nowMs: number) =>
  pool.succeed("m", leaseOf(pool, id, nowMs), [], nowMs);

describe("a key that was rejected in words that condemn it", () => {
  test.each([
    ["another caller's unlike request", { tokenId: "at_two", request: "POST /other m" }, 1],
    ["the same caller's unlike request", { request: "POST /other m" }, 0],
    ["another caller's like request", { tokenId: "at_two" }, 0],
    [
      "what the caller may have chosen",
      { tokenId: "at_two", request: "POST /other m", mayConvict: false },
      0,
    ],
  ])("and then %s, with an answer between: %#", (_what, second, count) => {
    const pool = poolOf("a", "b");
    expect(sentences(accuse(pool, "a", NOW))).toEqual([]);
    answer(pool, "b", NOW + 1_000);
    expect(sentences(accuse(pool, "a", NOW + 2_000, second))).toHaveLength(count);
    expect(pool.get("a")?.status).toBe(count === 1 ? "blocked" : "active");
  });

  test("and another key served that request: blocked, unless the words may be about the request", () => {
    const pool = poolOf("a", "b", "c");
    accuse(pool, "a", NOW);
    accuse(pool, "b", NOW, { mayConvict: false });
    answer(pool, "c", NOW + 100);
    expect(sentences(pool.convict(["a", "b"]))).toMatchObject([
      { kind: "sentenced", sentence: { keyId: "a" } },
    ]);
    expect(["a", "b"].map((id) => pool.get(id)?.status)).toEqual(["blocked", "active"]);
  });

  test("if nothing but such rejections came for seconds: only the second time", () => {
    const pool = poolOf("a", "b");
    accuse(pool, "a", NOW);
    answer(pool, "b", NOW + 4_000);
    expect(sentences(pool.convict(["a"]))).toEqual([]);
    expect(sentences(pool.convict(["a"]))).toHaveLength(1);
  });
});

test("three failures in a row while others answer put a key last, and not fewer", () => {
  const pool = poolOf("a", "b");
  for (let failure = 1; failure <= 3; failure += 1) {
    const nowMs = NOW + failure * 10;
    pool.fail("m", leaseOf(pool, "a", nowMs), null, nowMs);
    answer(pool, "b", nowMs + 1);
    const isReady = pool.hasReady("m", new Set(["b"]), nowMs + 2);
    expect([failure, isReady]).toEqual([failure, failure < 3]);
  }
});

test("the outcome of a lease is accounted for once", () => {
  const pool = poolOf("a");
  const lease = leaseOf(pool, "a", NOW);
  const quota = { unit: "requests", span: "minute", limit: null, requested: null } as const;
  const refuse = () =>
    pool.refuse(
      "m",
      lease,
      { ...quota, retryAtMs: null },
      { untilMs: NOW + 5_000, isGuess: true },
      NOW,
    );
  expect(refuse()).toMatchObject({ unexplained: 1, isExpected: false });
  expect(refuse()).toMatchObject({ unexplained: 0, isExpected: true });
  pool.succeed("m", lease, [], NOW);
  expect(pool.hasAnswered("m")).toBe(false);
});
