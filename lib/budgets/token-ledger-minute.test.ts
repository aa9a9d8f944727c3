/**
 * A token's limit of tokens per minute, over random histories: what is charged never exceeds it in any 60 s, a request
 * that uses no more than was likely is never rejected because of an estimate, and refunds go where they came from.
 */
import { describe, expect, test } from "vitest";
import type { LimitHolder, TokenLimits } from "./limit-holder";
import { NO_SPEND } from "./spend";
import { type Reservation, TokenLedger } from "./token-ledger";

const NOW = Date.UTC(2026, 10, 23, 12);
const MINUTE_MS = 60_000;
/** What a response is assumed to use if the request doesn't say. */
const USUAL_GUESS = 4_096;
const NO_LIMITS: TokenLimits = {
  rpm: null,
  tpm: null,
  concurrentRequests: null,
  dailyRequests: null,
  dailyTokens: null,
  dailyCostUsd: null,
  monthlyCostUsd: null,
};

const holderOf = (tpm: number): LimitHolder => ({
  kind: "token",
  id: "at_1",
  budgetId: "at_1",
  limits: { ...NO_LIMITS, tpm },
});
const spend = (tokens: number, leastTokens = 1) => ({
  ...NO_SPEND,
  requests: 1,
  tokens,
  leastTokens,
});

function randomOf(seed: number) {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return { chance: next, upTo: (most: number) => 1 + Math.floor(next() * most) };
}

interface Sent {
  readonly reservation: Reservation;
  readonly atMs: number;
  readonly charged: number;
  /** Null while it is in progress. */
  used: number | null;
}

const SEED = Math.floor(Math.random() * 1e9) + 1;
const HISTORIES = 1_500;

describe("the tokens of a minute", () => {
  test(`are never exceeded in any 60 s, whatever the history (seed ${SEED})`, () => {
    console.info(`seed ${SEED}`);
    for (let seed = SEED; seed < SEED + HISTORIES; seed += 1) {
      const { chance, upTo } = randomOf(seed);
      const limit = upTo(20_000);
      const ledger = new TokenLedger();
      const holder = holderOf(limit);
      const sent: Sent[] = [];
      let nowMs = NOW;
      for (let step = 0; step < 60; step += 1) {
        nowMs += Math.floor(chance() * (chance() < 0.2 ? 40_000 : 1_500));
        const open = sent.filter(({ used }) => used === null);
        const settled = open[Math.floor(chance() * open.length)];
        if (settled !== undefined && chance() < 0.5) {
          // A lost response, a short one, and one that uses all that it was charged.
          const part = chance() < 0.3 ? 0 : chance() < 0.5 ? 1 : chance();
          settled.used = Math.floor(settled.charged * part);
          ledger.settle(settled.reservation, `req_${step}`, spend(settled.used), nowMs);
          continue;
        }
        const turn = ledger.reserve([holder], spend(upTo(9_000), upTo(50)), nowMs);
        if (turn.kind === "full") expect(turn.retryAtMs).toBeGreaterThan(nowMs);
        if (turn.kind !== "go") continue;
        const charged = turn.reservation.minutes[0]?.tokens ?? 0;
        sent.push({ reservation: turn.reservation, atMs: nowMs, charged, used: null });
        const inMinute = sent.filter(({ atMs }) => atMs > nowMs - MINUTE_MS);
        const used = inMinute.reduce((sum, each) => sum + (each.used ?? each.charged), 0);
        expect(used, `seed ${seed}, step ${step}`).toBeLessThanOrEqual(limit);
      }
    }
  });

  test("are exceeded by one answer at most, where answers are longer than all before", () => {
    for (let seed = SEED; seed < SEED + HISTORIES; seed += 1) {
      const { chance, upTo } = randomOf(seed);
      const limit = upTo(5_000);
      const ledger = new TokenLedger();
      const holder = holderOf(limit);
      const sent: { atMs: number; tokens: number }[] = [];
      let nowMs = NOW;
      for (let step = 0; step < 40; step += 1) {
        nowMs += Math.floor(chance() * 5_000);
        const turn = ledger.reserve([holder], spend(USUAL_GUESS + 15, 15), nowMs);
        if (turn.kind !== "go") continue;
        const tokens = upTo(USUAL_GUESS);
        ledger.settle(turn.reservation, `req_${step}`, spend(tokens), nowMs);
        const before = sent.filter(({ atMs }) => atMs > nowMs - MINUTE_MS);
        const used = before.reduce((sum, each) => sum + each.tokens, 0);
        expect(used, `seed ${seed}, step ${step}`).toBeLessThan(limit);
        sent.push({ atMs: nowMs, tokens });
      }
    }
  });

  test.each([200, 1_000, 3_000, 4_095, 100_000])(
    "a limit of %i serves as many small answers as it holds, whatever they reserve",
    (limit) => {
      const ledger = new TokenLedger();
      const holder = holderOf(limit);
      const wanted = Math.floor(limit / 15);
      for (let sent = 0; sent < wanted; sent += 1) {
        const turn = ledger.reserve([holder], spend(USUAL_GUESS + 15, 15), NOW + sent);
        if (turn.kind !== "go") throw new Error(`${sent} of ${wanted}: ${turn.kind}`);
        ledger.settle(turn.reservation, `req_${sent}`, spend(15), NOW + sent);
      }
      const next = ledger.reserve([holder], spend(USUAL_GUESS + 15, 15), NOW + wanted);
      expect(next).toMatchObject({ kind: "full", limit: "tpm" });
      if (next.kind === "full") expect(next.retryAtMs).toBeGreaterThanOrEqual(NOW + MINUTE_MS);
    },
  );

  test("one request at a time waits for the others of a limit that holds one guess", () => {
    const ledger = new TokenLedger();
    const holder = holderOf(3_000);
    const first = ledger.reserve([holder], spend(USUAL_GUESS), NOW);
    expect(ledger.reserve([holder], spend(USUAL_GUESS), NOW + 10)).toMatchObject({ kind: "wait" });
    if (first.kind !== "go") throw new Error("the first finds room");
    ledger.settle(first.reservation, "req_1", spend(20), NOW + 20);
    expect(ledger.reserve([holder], spend(USUAL_GUESS), NOW + 30).kind).toBe("go");
  });

  test("a refund of what left the minute frees nothing of what is in it", () => {
    const ledger = new TokenLedger();
    const holder = holderOf(10_000);
    const long = ledger.reserve([holder], spend(9_000), NOW);
    const later = ledger.reserve([holder], spend(9_000), NOW + 61_000);
    if (long.kind !== "go" || later.kind !== "go") throw new Error("both find room");
    ledger.settle(later.reservation, "req_2", spend(9_000), NOW + 62_000);
    ledger.settle(long.reservation, "req_1", spend(100), NOW + 63_000);
    expect(ledger.reserve([holder], spend(9_000), NOW + 64_000).kind).toBe("full");
  });

  test("a request whose own text is longer than what is left is rejected before it is sent", () => {
    const ledger = new TokenLedger();
    const holder = holderOf(1_000);
    const first = ledger.reserve([holder], spend(100, 50), NOW);
    if (first.kind !== "go") throw new Error("the first finds room");
    ledger.settle(first.reservation, "req_1", spend(60), NOW);
    expect(ledger.reserve([holder], spend(5_000, 950), NOW + 1)).toMatchObject({ kind: "full" });
    expect(ledger.reserve([holder], spend(5_000, 900), NOW + 1).kind).toBe("go");
  });
});
