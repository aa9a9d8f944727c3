import { describe, expect, test } from "vitest";
import {
  NO_SPEND,
  periodsAt,
  type Reservation,
  type Spend,
  TokenLedger,
  type TokenLimits,
} from "./token-ledger";

const NOW = Date.UTC(2026, 10, 23, 12);
const [DAY, MONTH] = periodsAt(NOW);
const NONE: TokenLimits = {
  rpm: null,
  tpm: null,
  dailyRequests: null,
  dailyTokens: null,
  dailyCostUsd: null,
  monthlyCostUsd: null,
};
/** A cent and a thousand tokens. */
const CENT: Spend = { requests: 1, tokens: 1_000, costNanoUsd: 1e7 };

function ledgerWith(stored: Spend = NO_SPEND): TokenLedger {
  const ledger = new TokenLedger();
  ledger.unknownPeriods("t", NONE, NOW);
  ledger.load("t", DAY, stored);
  ledger.load("t", MONTH, stored);
  return ledger;
}

/** Reservations until the ledger says no. */
function reserveAll(ledger: TokenLedger, limits: TokenLimits, estimate = CENT, nowMs = NOW) {
  const held: Reservation[] = [];
  for (;;) {
    const turn = ledger.reserve("t", limits, estimate, nowMs);
    if (turn.kind !== "go" || held.length === 1_000) return { held, turn };
    held.push(turn.reservation);
  }
}

describe("a minute's limits", () => {
  test("are refused with the time when the first is a minute old", () => {
    const { held, turn } = reserveAll(ledgerWith(), { ...NONE, rpm: 3 });
    expect(held).toHaveLength(3);
    expect(turn).toMatchObject({ kind: "full", limit: "rpm" });
    if (turn.kind !== "full") return;
    expect(turn.retryAtMs).toBeGreaterThanOrEqual(NOW + 60_000);
    expect(turn.retryAtMs).toBeLessThan(NOW + 60_500);
  });

  test("of tokens count what was used, not what was reserved", () => {
    const ledger = ledgerWith();
    const limits = { ...NONE, tpm: 10_000 };
    const { held, turn } = reserveAll(ledger, limits);
    expect(held).toHaveLength(10);
    expect(turn).toMatchObject({ kind: "full", limit: "tpm" });
    for (const each of held) ledger.settle(each, { ...CENT, tokens: 100 }, NOW);
    expect(reserveAll(ledger, limits).held).toHaveLength(9);
  });
});

describe("a budget", () => {
  const dollar = { ...NONE, dailyCostUsd: 1 };

  test("lets as many go at once as it holds reservations for, the others wait", () => {
    const { held, turn } = reserveAll(ledgerWith(), dollar);
    expect(held).toHaveLength(100);
    expect(turn).toEqual({ kind: "wait", limit: "dailyCostUsd" });
  });

  test("is not blocked by what turned out cheaper", () => {
    const ledger = ledgerWith();
    for (const each of reserveAll(ledger, dollar).held) {
      ledger.settle(each, { ...CENT, costNanoUsd: 1e6 }, NOW);
    }
    expect(reserveAll(ledger, dollar).held).toHaveLength(90);
  });

  test("is exceeded by one request at most, whatever a request reserves", () => {
    const ledger = ledgerWith();
    const huge = { ...CENT, costNanoUsd: 5e9 };
    const { held, turn } = reserveAll(ledger, dollar, huge);
    expect(held).toHaveLength(1);
    expect(turn.kind).toBe("wait");
    for (const each of held) ledger.settle(each, { ...CENT, costNanoUsd: 1.2e9 }, NOW);
    expect(ledger.reserve("t", dollar, CENT, NOW)).toEqual({
      kind: "full",
      limit: "dailyCostUsd",
      retryAtMs: Date.UTC(2026, 10, 24),
    });
  });

  test("of a month ends with the month", () => {
    const ledger = ledgerWith({ ...NO_SPEND, costNanoUsd: 1e9 });
    const turn = ledger.reserve("t", { ...NONE, monthlyCostUsd: 1 }, CENT, NOW);
    expect(turn).toMatchObject({ kind: "full", retryAtMs: Date.UTC(2026, 11, 1) });
  });

  test("of requests counts those under way", () => {
    const { held, turn } = reserveAll(ledgerWith(), { ...NONE, dailyRequests: 5 });
    expect(held).toHaveLength(5);
    expect(turn).toMatchObject({ kind: "full", limit: "dailyRequests" });
  });

  test("begins anew at midnight, when the store must be asked again", () => {
    const ledger = ledgerWith({ ...NO_SPEND, requests: 5 });
    const limits = { ...NONE, dailyRequests: 5 };
    expect(ledger.unknownPeriods("t", limits, NOW)).toEqual([]);
    const midnightMs = Date.UTC(2026, 10, 24);
    expect(ledger.unknownPeriods("t", limits, midnightMs)).toEqual(["2026-11-24"]);
    expect(ledger.reserve("t", limits, CENT, midnightMs).kind).toBe("go");
  });
});

describe("what was settled", () => {
  const limits = { ...NONE, dailyRequests: 10 };

  function settled(count: number): TokenLedger {
    const ledger = ledgerWith();
    for (let number = 0; number < count; number += 1) {
      const turn = ledger.reserve("t", limits, CENT, NOW);
      if (turn.kind === "go") ledger.settle(turn.reservation, CENT, NOW);
    }
    return ledger;
  }

  test("is neither forgotten nor counted twice once it is written", () => {
    const ledger = settled(4);
    const own = { ...NO_SPEND, requests: 4 };
    ledger.written("t", DAY, own, null);
    expect(reserveAll(ledger, limits).held).toHaveLength(6);
  });

  test("stands beside what other isolates wrote", () => {
    const ledger = settled(4);
    ledger.written("t", DAY, { ...NO_SPEND, requests: 3 }, { ...NO_SPEND, requests: 7 });
    // Seven in the store, one more that is not there yet.
    expect(reserveAll(ledger, limits).held).toHaveLength(2);
  });

  test("is not overwritten by an older look into the store", () => {
    const ledger = settled(4);
    ledger.load("t", DAY, NO_SPEND);
    expect(reserveAll(ledger, limits).held).toHaveLength(6);
  });
});
