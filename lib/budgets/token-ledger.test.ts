import { describe, expect, test } from "vitest";
import type { Waiter } from "../pool/share/fair-queue";
import type { LimitHolder, TokenLimits } from "./limit-holder";
import { NO_SPEND, type PeriodSpend, periodsAt, type Spend } from "./spend";
import { type Reservation, type TakenSpend, TokenLedger } from "./token-ledger";

const NOW = Date.UTC(2026, 10, 23, 12);
const [DAY, MONTH] = periodsAt(NOW);
const NONE: TokenLimits = {
  rpm: null,
  tpm: null,
  concurrentRequests: null,
  dailyRequests: null,
  dailyTokens: null,
  dailyCostUsd: null,
  monthlyCostUsd: null,
};
/** A cent and a thousand tokens. */
const CENT: Spend = { requests: 1, tokens: 1_000, costNanoUsd: 1e7 };

const token = (limits: Partial<TokenLimits>, id = "at_1"): LimitHolder => ({
  kind: "token",
  id,
  budgetId: id,
  limits: { ...NONE, ...limits },
});
const member = (limits: Partial<TokenLimits>): LimitHolder => ({
  kind: "member",
  id: "us_1",
  budgetId: "us_1",
  limits: { ...NONE, ...limits },
});

/** What the store has for a day and its month. */
const rowsOf = (holderId: string, spend: Spend): PeriodSpend[] =>
  [DAY, MONTH].map((period) => ({ holderId, period, ...spend }));

function ledgerWith(stored: Spend = NO_SPEND): TokenLedger {
  const ledger = new TokenLedger();
  const everybody = [token({}), token({}, "at_2"), member({})];
  ledger.unknownPeriods(everybody, NOW);
  ledger.load(
    everybody.flatMap(({ id }) => rowsOf(id, stored)),
    NOW,
  );
  return ledger;
}

/** Reserves until the ledger says no. */
function reserveAll(
  ledger: TokenLedger,
  holders: LimitHolder | readonly LimitHolder[],
  estimate = CENT,
  nowMs = NOW,
) {
  const held: Reservation[] = [];
  for (;;) {
    const turn = ledger.reserve([holders].flat(), estimate, nowMs);
    if (turn.kind !== "go" || held.length === 1_000) return { held, turn };
    held.push(turn.reservation);
  }
}

let requests = 0;
const requestId = () => `req_${requests++}`;

describe("a minute's limits", () => {
  test("are rejected with the time when the first is a minute old", () => {
    const { held, turn } = reserveAll(ledgerWith(), token({ rpm: 3 }));
    expect(held).toHaveLength(3);
    expect(turn).toMatchObject({ kind: "full", limit: "rpm" });
    if (turn.kind !== "full") return;
    expect(turn.retryAtMs).toBeGreaterThanOrEqual(NOW + 60_000);
    expect(turn.retryAtMs).toBeLessThan(NOW + 60_500);
  });

  test("of tokens count what was used, not what was reserved", () => {
    const ledger = ledgerWith();
    const limits = token({ tpm: 10_000 });
    const { held, turn } = reserveAll(ledger, limits);
    expect(held).toHaveLength(10);
    // They may all use less.
    expect(turn).toMatchObject({ kind: "wait", limit: "tpm" });
    for (const each of held) ledger.settle(each, requestId(), { ...CENT, tokens: 100 }, NOW);
    expect(reserveAll(ledger, limits).held).toHaveLength(9);
  });
});

describe("a budget", () => {
  const dollar = token({ dailyCostUsd: 1 });

  test("lets as many go at once as it holds reservations for, the others wait", () => {
    const { held, turn } = reserveAll(ledgerWith(), dollar);
    expect(held).toHaveLength(100);
    expect(turn).toEqual({ kind: "wait", holder: dollar, limit: "dailyCostUsd" });
  });

  test("is not blocked by what turned out cheaper", () => {
    const ledger = ledgerWith();
    for (const each of reserveAll(ledger, dollar).held) {
      ledger.settle(each, requestId(), { ...CENT, costNanoUsd: 1e6 }, NOW);
    }
    expect(reserveAll(ledger, dollar).held).toHaveLength(90);
  });

  test("is exceeded by one request at most, whatever a request reserves", () => {
    const ledger = ledgerWith();
    const huge = { ...CENT, costNanoUsd: 5e9 };
    const { held, turn } = reserveAll(ledger, dollar, huge);
    expect(held).toHaveLength(1);
    expect(turn.kind).toBe("wait");
    for (const each of held) ledger.settle(each, requestId(), { ...CENT, costNanoUsd: 1.2e9 }, NOW);
    expect(ledger.reserve([dollar], CENT, NOW)).toEqual({
      kind: "full",
      holder: dollar,
      limit: "dailyCostUsd",
      retryAtMs: Date.UTC(2026, 10, 24),
    });
  });

  test("of a month ends with the month", () => {
    const ledger = ledgerWith({ ...NO_SPEND, costNanoUsd: 1e9 });
    const turn = ledger.reserve([token({ monthlyCostUsd: 1 })], CENT, NOW);
    expect(turn).toMatchObject({ kind: "full", retryAtMs: Date.UTC(2026, 11, 1) });
  });

  test("of requests counts those under way", () => {
    const { held, turn } = reserveAll(ledgerWith(), token({ dailyRequests: 5 }));
    expect(held).toHaveLength(5);
    expect(turn).toMatchObject({ kind: "full", limit: "dailyRequests" });
  });

  test("of a month outlasts its days, and begins again with the next month", () => {
    const ledger = ledgerWith({ requests: 100, tokens: 0, costNanoUsd: 1e9 });
    const limits = [token({ monthlyCostUsd: 1 })];
    const kindAt = (nowMs: number) => ledger.reserve(limits, CENT, nowMs).kind;
    expect(kindAt(Date.UTC(2026, 10, 24))).toBe("full");
    expect(kindAt(Date.UTC(2026, 10, 30, 23, 59))).toBe("full");
    expect(kindAt(Date.UTC(2026, 11, 1))).toBe("go");
  });

  test("starts over at midnight, when the store must be read again", () => {
    const ledger = ledgerWith({ ...NO_SPEND, requests: 5 });
    const limits = [token({ dailyRequests: 5 })];
    expect(ledger.unknownPeriods(limits, NOW)).toEqual([]);
    const midnightMs = Date.UTC(2026, 10, 24);
    expect(ledger.unknownPeriods(limits, midnightMs)).toMatchObject([
      { holderId: "at_1", period: "2026-11-24" },
    ]);
    expect(ledger.reserve(limits, CENT, midnightMs).kind).toBe("go");
  });

  test("must be read again when the store's last figures are 5 s old", () => {
    const ledger = ledgerWith();
    const limits = [token({ dailyCostUsd: 1 }), member({ monthlyCostUsd: 1 })];
    expect(ledger.unknownPeriods(limits, NOW + 5_000)).toEqual([]);
    expect(ledger.unknownPeriods(limits, NOW + 5_001)).toMatchObject([
      { holderId: "at_1", period: DAY },
      { holderId: "us_1", period: MONTH },
    ]);
    // Per-minute limits need no store.
    expect(ledger.unknownPeriods([token({ rpm: 1 })], NOW + 5_001)).toEqual([]);
  });
});

describe("a token that took another's place", () => {
  test("goes on with its budgets, and has a minute of its own", () => {
    const ledger = ledgerWith();
    const limits = { rpm: 2, dailyRequests: 3 };
    const successor = { ...token(limits, "at_2"), budgetId: "at_1" };
    expect(reserveAll(ledger, token(limits)).held).toHaveLength(2);
    const { held, turn } = reserveAll(ledger, successor);
    expect(held).toHaveLength(1);
    expect(turn).toMatchObject({ kind: "full", limit: "dailyRequests" });
  });
});

describe("requests at the same time", () => {
  const two = token({ concurrentRequests: 2 });

  test("wait until one of them is over", () => {
    const ledger = ledgerWith();
    const { held, turn } = reserveAll(ledger, two);
    expect(held).toHaveLength(2);
    expect(turn).toEqual({ kind: "wait", holder: two, limit: "concurrentRequests" });
    for (const each of held.slice(1)) ledger.settle(each, requestId(), CENT, NOW);
    expect(reserveAll(ledger, two).held).toHaveLength(1);
  });

  test("are forgotten when they were cut off an hour ago, and give back nothing twice", () => {
    const ledger = ledgerWith();
    const { held } = reserveAll(ledger, two);
    const laterMs = NOW + 3_600_000;
    expect(reserveAll(ledger, two, CENT, laterMs).held).toHaveLength(2);
    for (const each of held) ledger.settle(each, requestId(), CENT, laterMs);
    expect(ledger.reserve([two], CENT, laterMs).kind).toBe("wait");
    expect(ledger.underWay("at_1")).toEqual({
      ...CENT,
      requests: 2,
      tokens: 2_000,
      costNanoUsd: 2e7,
    });
  });
});

describe("a request that waits for a slot", () => {
  const one = token({ concurrentRequests: 1 });
  const waiterOf = (tokenId: string, weight = 1): Waiter => ({
    claim: { tokenId, weight, priority: 0 },
    dueMs: NOW + 50,
  });
  const ask = (ledger: TokenLedger, holder: LimitHolder, waiter: Waiter, nowMs = NOW) =>
    ledger.reserve([holder], CENT, nowMs, { waiter, isNew: false }).kind;
  const endAll = (ledger: TokenLedger, held: readonly Reservation[]) => {
    for (const each of held) ledger.settle(each, requestId(), CENT, NOW);
  };

  test("is served before later ones, even before those that try in between", () => {
    const ledger = ledgerWith();
    const { held } = reserveAll(ledger, one);
    const [first, second] = [waiterOf("at_1"), waiterOf("at_1")];
    expect([ask(ledger, one, first), ask(ledger, one, second)]).toEqual(["wait", "wait"]);
    endAll(ledger, held);
    expect([ask(ledger, one, waiterOf("at_1")), ask(ledger, one, second)]).toEqual([
      "wait",
      "wait",
    ]);
    expect(ask(ledger, one, first)).toBe("go");
  });

  test("of a member's tokens waits by their weights", () => {
    const ledger = ledgerWith();
    const seat = member({ concurrentRequests: 1 });
    const { held } = reserveAll(ledger, seat);
    const [busy, other] = [waiterOf("at_1"), waiterOf("at_2")];
    expect(ask(ledger, seat, busy)).toBe("wait");
    expect(ask(ledger, seat, waiterOf("at_1"))).toBe("wait");
    expect(ask(ledger, seat, other)).toBe("wait");
    endAll(ledger, held);
    expect(ask(ledger, seat, other)).toBe("wait");
    const turn = ledger.reserve([seat], CENT, NOW, { waiter: busy, isNew: false });
    ledger.leave([seat], busy, true);
    if (turn.kind === "go") endAll(ledger, [turn.reservation]);
    // The other token has had nothing yet: it comes before the busy one's second.
    expect(ask(ledger, seat, other)).toBe("go");
  });

  test("and leaves, or does not come back, is forgotten", () => {
    const ledger = ledgerWith();
    const { held } = reserveAll(ledger, one);
    const [first, second, third] = [waiterOf("at_1"), waiterOf("at_1"), waiterOf("at_1")];
    for (const each of [first, second, third]) ask(ledger, one, each);
    endAll(ledger, held);
    ledger.leave([one], first, false);
    const laterMs = NOW + 3_000;
    third.dueMs = laterMs + 50;
    expect(ask(ledger, one, third, laterMs)).toBe("go");
  });
});

describe("a member's limits", () => {
  const three = member({ dailyRequests: 3 });

  test("hold for all tokens of the member together, and beside each token's own", () => {
    const ledger = ledgerWith();
    const first = reserveAll(ledger, [token({ dailyRequests: 2 }), three]);
    expect(first.held).toHaveLength(2);
    expect(first.turn).toMatchObject({ kind: "full", holder: { kind: "token" } });
    const second = reserveAll(ledger, [token({}, "at_2"), three]);
    expect(second.held).toHaveLength(1);
    expect(second.turn).toMatchObject({ kind: "full", holder: { kind: "member", id: "us_1" } });
  });

  test("what one holder rejects takes nothing from the other", () => {
    const ledger = ledgerWith();
    const holders = [token({ rpm: 5 }), member({ rpm: 2 })];
    expect(reserveAll(ledger, holders).held).toHaveLength(2);
    expect(reserveAll(ledger, token({ rpm: 5 })).held).toHaveLength(3);
  });

  test("that are full are said before those that are only held", () => {
    const ledger = ledgerWith();
    reserveAll(ledger, token({ concurrentRequests: 1 }));
    const turn = ledger.reserve(
      [token({ concurrentRequests: 1 }), member({ dailyRequests: 1 })],
      CENT,
      NOW,
    );
    expect(turn).toMatchObject({ kind: "wait", holder: { kind: "token" } });
    reserveAll(ledger, [token({}, "at_2"), member({ dailyRequests: 1 })]);
    expect(
      ledger.reserve([token({ concurrentRequests: 1 }), member({ dailyRequests: 1 })], CENT, NOW),
    ).toMatchObject({ kind: "full", holder: { kind: "member" } });
  });
});

describe("what was settled", () => {
  const ten = token({ dailyRequests: 10 });

  /** Settles this many requests. @returns what is on its way to the store */
  function settle(ledger: TokenLedger, count: number): TakenSpend {
    const taken: TakenSpend = new Map();
    for (let number = 0; number < count; number += 1) {
      const turn = ledger.reserve([ten], CENT, NOW);
      if (turn.kind !== "go") throw new Error("no seat");
      const id = requestId();
      ledger.settle(turn.reservation, id, CENT, NOW);
      ledger.take(id, taken);
    }
    return taken;
  }
  const totals = (requests: number) => rowsOf("at_1", { ...NO_SPEND, requests });

  test("is neither forgotten nor counted twice once it is written", () => {
    const ledger = ledgerWith();
    ledger.written(settle(ledger, 4), [], NOW);
    expect(reserveAll(ledger, ten).held).toHaveLength(6);
  });

  test("stands beside what other isolates wrote", () => {
    const ledger = ledgerWith();
    const first = settle(ledger, 3);
    settle(ledger, 1);
    ledger.written(first, totals(7), NOW);
    // Seven in the store, and one that isn't there yet.
    expect(reserveAll(ledger, ten).held).toHaveLength(2);
  });

  test("counts once where the store counted it before the ledger knew of limits", () => {
    const ledger = ledgerWith();
    // The flush contained three more requests, from before there were limits here.
    ledger.written(settle(ledger, 2), totals(5), NOW);
    expect(reserveAll(ledger, ten).held).toHaveLength(5);
  });

  test("is not overwritten by an older look into the store, but by a newer one", () => {
    const ledger = ledgerWith();
    ledger.written(settle(ledger, 4), totals(4), NOW + 100);
    ledger.load(totals(0), NOW + 50);
    expect(reserveAll(ledger, ten).held).toHaveLength(6);
    ledger.load(totals(9), NOW + 200);
    expect(ledger.reserve([ten], CENT, NOW)).toMatchObject({ kind: "full" });
  });

  test("stays counted here where it will never get to the store", () => {
    const ledger = ledgerWith();
    settle(ledger, 4);
    expect(reserveAll(ledger, ten).held).toHaveLength(6);
  });
});
