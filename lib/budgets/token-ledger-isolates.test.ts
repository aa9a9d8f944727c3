/** A dollar under 200 simultaneous requests, on one isolate and on several: the bound stated in `token-ledger.ts`. */
import { expect, test } from "vitest";
import type { LimitHolder } from "./limit-holder";
import { NO_SPEND, type PeriodSpend, periodsAt } from "./spend";
import { type Reservation, type TakenSpend, TokenLedger } from "./token-ledger";

const START_MS = Date.UTC(2026, 10, 23, 12);
const TICK_MS = 50;
const FLUSH_TICKS = 20;
const CLIENTS = 200;
const NANO = 1e9;
const HOLDER: LimitHolder = {
  kind: "token",
  id: "at_1",
  budgetId: "at_1",
  limits: {
    rpm: null,
    tpm: null,
    concurrentRequests: null,
    dailyRequests: null,
    dailyTokens: null,
    dailyCostUsd: 1,
    monthlyCostUsd: null,
  },
};

/** The same numbers in each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

interface UnderWay {
  readonly reservation: Reservation;
  readonly isolate: number;
  readonly endTick: number;
  readonly costNanoUsd: number;
}

/** An isolate, with what it knew after its last exchange, and what it has let through that isn't included. */
interface Isolate {
  readonly ledger: TokenLedger;
  settled: readonly string[];
  seen: number;
  own: number;
}

/**
 * Clients send requests until the budget is used up for all, each to one of the isolates. Each isolate flushes once per
 * second, at its own time, and then learns what all have written.
 */
function play(isolateCount: number, seed: number) {
  const random = seeded(seed);
  const [day] = periodsAt(START_MS);
  let stored = 0;
  const total = (): PeriodSpend[] => [
    { holderId: "at_1", period: day, ...NO_SPEND, costNanoUsd: stored },
  ];
  const isolates = Array.from({ length: isolateCount }, (): Isolate => {
    const ledger = new TokenLedger();
    ledger.unknownPeriods([HOLDER], START_MS);
    ledger.load(total(), START_MS);
    return { ledger, settled: [], seen: 0, own: 0 };
  });
  let underWay: UnderWay[] = [];
  let waiting = CLIENTS;
  let letGo = 0;
  let dearest = 0;
  let requests = 0;
  /** The part of everything let through of which the isolate that let the last request through knew nothing. */
  let unseen = 0;

  const end = (done: UnderWay, nowMs: number) => {
    const isolate = at(isolates, done.isolate);
    const id = `req_${requests++}`;
    const { reservation, costNanoUsd } = done;
    isolate.ledger.settle(reservation, id, { ...NO_SPEND, costNanoUsd }, nowMs);
    isolate.settled = [...isolate.settled, id];
    waiting += 1;
  };
  const flush = (isolate: Isolate, index: number, nowMs: number) => {
    const taken: TakenSpend = new Map();
    for (const id of isolate.settled) isolate.ledger.take(id, taken);
    for (const [period, { costNanoUsd }] of taken) {
      if (period.period === day) stored += costNanoUsd;
    }
    isolate.ledger.written(taken, total(), nowMs);
    isolate.settled = [];
    isolate.seen = stored;
    const own = underWay.filter((each) => each.isolate === index);
    isolate.own = own.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0);
  };
  const ask = (tick: number, nowMs: number) => {
    const index = Math.floor(random() * isolateCount);
    const isolate = at(isolates, index);
    const most = Math.round((0.002 + random() * 0.018) * NANO);
    const estimate = { ...NO_SPEND, requests: 1, costNanoUsd: most };
    const turn = isolate.ledger.reserve([HOLDER], estimate, nowMs);
    if (turn.kind !== "wait") waiting -= 1;
    if (turn.kind !== "go") return;
    unseen = letGo - isolate.seen - isolate.own;
    const costNanoUsd = Math.round(most * (0.1 + random() * 0.9));
    letGo += costNanoUsd;
    isolate.own += costNanoUsd;
    dearest = Math.max(dearest, costNanoUsd);
    const endTick = tick + 6 + Math.floor(random() * 18);
    underWay.push({ reservation: turn.reservation, isolate: index, endTick, costNanoUsd });
  };

  for (let tick = 0; waiting > 0 || underWay.length > 0; tick += 1) {
    const nowMs = START_MS + tick * TICK_MS;
    const over = underWay.filter(({ endTick }) => endTick === tick);
    underWay = underWay.filter(({ endTick }) => endTick > tick);
    for (const done of over) end(done, nowMs);
    for (const [index, isolate] of isolates.entries()) {
      if ((tick + index * 7) % FLUSH_TICKS === 0) flush(isolate, index, nowMs);
    }
    for (let client = waiting; client > 0; client -= 1) ask(tick, nowMs);
  }
  return { overshoot: letGo - NANO, dearest, unseen };
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new Error(`nothing at ${index}`);
  return item;
}

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

test.each(SEEDS)("one isolate exceeds it by one request's cost at most (seed %i)", (seed) => {
  const { overshoot, dearest, unseen } = play(1, seed);
  expect(unseen).toBe(0);
  expect(overshoot).toBeGreaterThanOrEqual(0);
  expect(overshoot).toBeLessThanOrEqual(dearest);
});

test.each([2, 4, 8].flatMap((isolates) => SEEDS.map((seed) => [isolates, seed] as const)))(
  "%i isolates exceed it by what the last request to be let through didn't know of, plus one request (seed %i)",
  (isolates, seed) => {
    const { overshoot, dearest, unseen } = play(isolates, seed);
    expect(overshoot).toBeLessThanOrEqual(unseen + dearest);
    // At worst, if all of it happens between two exchanges, each uses the budget once.
    expect(overshoot).toBeLessThanOrEqual((isolates - 1) * NANO + isolates * dearest);
  },
);
