import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LeaseBook } from "./lease-book";
import type { LeasedLimit } from "./leased-limit";
import { LeasedLimits } from "./leased-limits";

const START_MS = Date.parse("2026-03-10T12:00:00Z");
const SEATS = 3;

/** Concurrency slots of one token as an isolate uses them, and the book that all isolates ask. */
function isolateOf(name: string, book: LeaseBook) {
  const leases = new LeasedLimits({ fullGapMs: 2_000, requestsPerAsk: null });
  let underWay = 0;
  const seats: LeasedLimit = {
    ...{ group: "at_1", name: "at_1 seats", limit: SEATS, windowMs: null },
    used: () => underWay,
    usedIfCounted: () => underWay,
    counted: () => {},
    underWay: () => underWay,
    mayReturn: () => 0,
  };
  return {
    leases,
    /** Whether a slot was available. */
    begin(nowMs: number): boolean {
      let turn = leases.turn(seats, 1, nowMs);
      if (turn.kind === "ask") {
        this.ask(nowMs);
        turn = leases.turn(seats, 1, nowMs);
      }
      if (turn.kind !== "go") return false;
      underWay += 1;
      return true;
    },
    end: () => {
      underWay -= 1;
    },
    ask(nowMs: number) {
      const questions = leases.questions(nowMs);
      leases.requested(questions, nowMs);
      leases.granted(questions, book.lease(name, questions, nowMs), nowMs);
      return questions;
    },
    giveBack(nowMs: number) {
      leases.returning(nowMs);
      return this.ask(nowMs);
    },
  };
}

describe("an isolate", () => {
  test("gives back all that stands in the book for it, though it was granted less", () => {
    const book = new LeaseBook();
    const [one, other] = [isolateOf("one", book), isolateOf("other", book)];
    let nowMs = START_MS;
    // Alone for a while, so it may have all slots.
    for (let held = 0; held < SEATS; nowMs += 500) if (one.begin(nowMs)) held += 1;
    one.end();
    one.end();
    expect(one.leases.idle(nowMs)).not.toBeNull();
    other.begin(nowMs);
    // While its request for a lease is in progress, it is granted less, but keeps the rest until it has the response.
    nowMs += 500;
    one.ask(nowMs);
    one.end();
    nowMs += 100;
    expect(one.leases.idle(nowMs)).not.toBeNull();
    one.giveBack(nowMs);
    let waitedMs = 0;
    for (; !other.begin(nowMs + waitedMs); waitedMs += 100) expect(waitedMs).toBeLessThan(3_000);
  });

  test("asks for what a request waits for, however long ago it came", () => {
    const book = new LeaseBook();
    const [one, other] = [isolateOf("one", book), isolateOf("other", book)];
    let nowMs = START_MS;
    for (let held = 0; held < SEATS; nowMs += 500) if (one.begin(nowMs)) held += 1;
    for (const untilMs = nowMs + 60_000; nowMs < untilMs; nowMs += 100) {
      if (nowMs % 2_000 === 0) one.ask(nowMs);
      expect(other.begin(nowMs)).toBe(false);
      expect(other.leases.questions(nowMs).map(({ demand }) => demand >= 1)).toEqual([true]);
    }
  });

  test("goes on when the machine's clock is set back", () => {
    const book = new LeaseBook();
    const one = isolateOf("one", book);
    let nowMs = START_MS;
    for (let held = 0; held < SEATS; nowMs += 500) if (one.begin(nowMs)) held += 1;
    expect(one.begin(nowMs)).toBe(false);
    nowMs -= 3_600_000;
    one.end();
    expect(one.begin(nowMs)).toBe(true);
    one.end();
    // Nor does the lease last until the clock has caught up.
    expect([...one.leases.dueGroups(nowMs + 13_000)]).toEqual(["at_1"]);
  });

  test("requests a lease of a window five times a second at most, and less often without success", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.nat({ max: 300 }), { minLength: 100, maxLength: 400 }),
        (limit, gapsMs) => {
          const book = new LeaseBook();
          const [asks, uses]: [number[], number[]] = [[], []];
          const leases = new LeasedLimits({ fullGapMs: 2_000, requestsPerAsk: null });
          const used = (nowMs: number) => uses.filter((ms) => ms > nowMs - 60_000).length;
          const minute: LeasedLimit = {
            ...{ group: "at_1", name: "at_1 rpm", limit, windowMs: 60_000 },
            ...{
              used,
              usedIfCounted: used,
              counted: () => {},
              underWay: () => 0,
              mayReturn: () => 0,
            },
          };
          // Another isolate holds half, and uses nothing.
          const half = { limit: minute, used: 0, demand: Math.ceil(limit / 2), holds: 0 };
          let nowMs = START_MS;
          book.lease("other", [{ ...half, holds: half.demand }], nowMs);
          for (const gapMs of gapsMs) {
            nowMs += gapMs;
            const turn = leases.turn(minute, 1, nowMs);
            if (turn.kind === "go") uses.push(nowMs);
            else leases.noteShort(minute.name, 1, nowMs);
            if (turn.kind !== "ask") continue;
            asks.push(nowMs);
            const questions = leases.questions(nowMs);
            leases.requested(questions, nowMs);
            leases.granted(questions, book.lease("one", questions, nowMs), nowMs);
          }
          const inASecond = asks.map(
            (ms) => asks.filter((at) => at > ms - 1_000 && at <= ms).length,
          );
          expect(Math.max(0, ...inASecond)).toBeLessThanOrEqual(5);
          const lastedMs = Math.max(1_000, nowMs - START_MS);
          expect(asks.length).toBeLessThanOrEqual(10 + lastedMs / 800 + 2 * Math.log2(limit + 1));
        },
      ),
      { numRuns: 200 },
    );
  });
});
