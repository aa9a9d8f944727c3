import fc from "fast-check";
import { expect, test } from "vitest";
import { freeUse, LEASE_MS, type SharedLimit } from "./lease";
import { LeaseBook } from "./lease-book";
import type { LeasedLimit } from "./leased-limit";
import { LeasedLimits } from "./leased-limits";

const WINDOW_MS = 60_000;
const START_MS = Date.UTC(2026, 10, 23, 12);

/** An isolate that uses as much of one limit as its lease allows. */
class User {
  readonly leases = new LeasedLimits({ fullGapMs: 2_000, requestsPerAsk: null });
  readonly limit: LeasedLimit;
  readonly name: string;
  usesMs: number[] = [];

  constructor(name: string, limit: SharedLimit) {
    this.name = name;
    this.limit = {
      ...limit,
      group: "all",
      used: (nowMs) => this.#used(nowMs),
      usedIfCounted: (nowMs) => this.#used(nowMs),
      counted: () => {},
      underWay: () => this.usesMs.length,
      mayReturn: () => 0,
    };
  }

  #used(nowMs: number): number {
    const { windowMs } = this.limit;
    if (windowMs === null) return this.usesMs.length;
    this.usesMs = this.usesMs.filter((ms) => ms > nowMs - windowMs);
    return this.usesMs.length;
  }

  /** @param carries Whether the request reaches the book; false: the response is lost. */
  use(book: LeaseBook, nowMs: number, carries: boolean): boolean {
    let turn = this.leases.turn(this.limit, 1, nowMs);
    if (turn.kind !== "go") this.leases.noteShort(this.limit.name, 1, nowMs);
    if (turn.kind === "ask") {
      this.report(book, nowMs, carries);
      turn = this.leases.turn(this.limit, 1, nowMs);
    }
    if (turn.kind !== "go") return false;
    this.usesMs.push(nowMs);
    return true;
  }

  report(book: LeaseBook, nowMs: number, carries = true): void {
    const questions = this.leases.questions(nowMs);
    this.leases.requested(questions, nowMs);
    const grants = book.lease(this.name, questions, nowMs);
    if (carries) this.leases.granted(questions, grants, nowMs);
  }
}

const step = fc.record({
  isolate: fc.nat({ max: 11 }),
  afterMs: fc.oneof(
    { weight: 6, arbitrary: fc.nat({ max: 400 }) },
    { weight: 1, arbitrary: fc.nat({ max: 30_000 }) },
  ),
  kind: fc.oneof(
    { weight: 12, arbitrary: fc.constant("use" as const) },
    { weight: 2, arbitrary: fc.constant("answer lost" as const) },
    { weight: 1, arbitrary: fc.constant("isolate dies" as const) },
    { weight: 1, arbitrary: fc.constant("burst" as const) },
  ),
});
const history = fc.record({
  limit: fc.oneof(fc.integer({ min: 1, max: 15 }), fc.integer({ min: 16, max: 300 })),
  isolates: fc.integer({ min: 1, max: 12 }),
  steps: fc.array(step, { minLength: 20, maxLength: 200 }),
});

test("no window holds more than the limit, and what isolates may use without a lease", () => {
  fc.assert(
    fc.property(history, ({ limit, isolates, steps }) => {
      const shared = { name: "rpm", limit, windowMs: WINDOW_MS };
      const book = new LeaseBook();
      const users = Array.from({ length: isolates }, (_, index) => new User(`is_${index}`, shared));
      let born = isolates;
      let nowMs = START_MS;
      let all: number[] = [];
      for (const { isolate, afterMs, kind } of steps) {
        nowMs += afterMs;
        const index = isolate % isolates;
        if (kind === "isolate dies") users[index] = new User(`is_${born++}`, shared);
        const user = users[index];
        for (let times = kind === "burst" ? limit : 1; times > 0; times -= 1) {
          if (user?.use(book, nowMs, kind !== "answer lost") !== true) break;
          all.push(nowMs);
        }
        all = all.filter((ms) => ms > nowMs - WINDOW_MS);
        expect(all.length).toBeLessThanOrEqual(limit + born * freeUse(limit, 1));
      }
    }),
    { numRuns: 1_000 },
  );
});

test("of requests at the same moment no more are under way than the limit", () => {
  fc.assert(
    fc.property(history, ({ limit, isolates, steps }) => {
      const shared = { name: "seats", limit, windowMs: null };
      const book = new LeaseBook();
      const users = Array.from({ length: isolates }, (_, index) => new User(`is_${index}`, shared));
      let nowMs = START_MS;
      for (const { isolate, afterMs, kind } of steps) {
        nowMs += Math.min(afterMs, 2_000);
        const user = users[isolate % isolates];
        if (kind === "isolate dies") {
          user?.usesMs.splice(0, 3);
          user?.report(book, nowMs);
        } else user?.use(book, nowMs, kind !== "answer lost");
        const underWay = users.reduce((sum, { usesMs }) => sum + usesMs.length, 0);
        expect(underWay).toBeLessThanOrEqual(limit + isolates * freeUse(limit, 1));
      }
    }),
    { numRuns: 500 },
  );
});

test("an object that crashes loses the leases since it was saved, and no more", () => {
  fc.assert(
    fc.property(history, fc.nat({ max: 199 }), ({ limit, isolates, steps }, crashAt) => {
      const shared = { name: "rpm", limit, windowMs: WINDOW_MS };
      let book = new LeaseBook();
      let saved = book.toStored();
      let lost = 0;
      let granted = 0;
      const users = Array.from({ length: isolates }, (_, index) => new User(`is_${index}`, shared));
      let nowMs = START_MS;
      let all: number[] = [];
      for (const [index, { isolate, afterMs, kind }] of steps.entries()) {
        nowMs += afterMs;
        if (index === crashAt) {
          book = LeaseBook.fromStored(JSON.parse(JSON.stringify(saved)));
          lost += granted;
        }
        const user = users[isolate % isolates];
        const before = heldIn(book);
        for (let times = kind === "burst" ? limit : 1; times > 0; times -= 1) {
          if (user?.use(book, nowMs, true) !== true) break;
          all.push(nowMs);
        }
        for (const [isolate, held] of heldIn(book)) {
          granted += Math.max(0, held - (before.get(isolate) ?? 0));
        }
        if (index % 10 === 0) {
          saved = book.toStored();
          granted = 0;
        }
        all = all.filter((ms) => ms > nowMs - WINDOW_MS);
        expect(all.length).toBeLessThanOrEqual(limit + isolates * freeUse(limit, 1) + lost);
      }
    }),
    { numRuns: 300 },
  );
});

/** By isolate; renewed leases count as new ones. */
function heldIn(book: LeaseBook): ReadonlyMap<string, number> {
  const reports = book.toStored().flatMap(([, , ofLimit]) => ofLimit);
  return new Map(
    reports.map(([isolate, permits, used, , , atMs]) => [
      `${isolate} ${atMs}`,
      Math.max(permits, used),
    ]),
  );
}

test("a book that no one uses any more is empty when it says so, and not sooner", () => {
  fc.assert(
    fc.property(history, ({ limit, isolates, steps }) => {
      const shared = { name: "rpm", limit, windowMs: WINDOW_MS };
      const book = new LeaseBook();
      expect(book.emptyAtMs).toBeNull();
      const users = Array.from({ length: isolates }, (_, index) => new User(`is_${index}`, shared));
      let nowMs = START_MS;
      for (const { isolate, afterMs, kind } of steps) {
        nowMs += afterMs;
        users[isolate % isolates]?.use(book, nowMs, kind !== "answer lost");
      }
      const { emptyAtMs } = book;
      if (emptyAtMs === null) return;
      book.prune(emptyAtMs - 1);
      expect(book.emptyAtMs).toBe(emptyAtMs);
      book.prune(emptyAtMs);
      expect(book.emptyAtMs).toBeNull();
    }),
    { numRuns: 200 },
  );
});

test("what one isolate does not use any more, another has after a lease and a window", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 1, max: 8 }),
      (limit, others) => {
        const shared = { name: "rpm", limit, windowMs: WINDOW_MS };
        const book = new LeaseBook();
        const idle = Array.from({ length: others }, (_, index) => new User(`is_${index}`, shared));
        for (const user of idle) user.use(book, START_MS, true);
        for (const user of idle) while (user.use(book, START_MS, true));
        const busy = new User("is_busy", shared);
        let nowMs = START_MS + LEASE_MS + WINDOW_MS;
        let used = 0;
        for (let second = 0; second < 12; second += 1, nowMs += 1_000) {
          while (busy.use(book, nowMs, true)) used += 1;
        }
        expect(used).toBe(limit);
      },
    ),
    { numRuns: 100 },
  );
});

test("isolates that want more than there is come to even shares, and use all of it", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 16, max: 400 }),
      fc.integer({ min: 2, max: 12 }),
      (limit, isolates) => {
        const shared = { name: "rpm", limit, windowMs: WINDOW_MS };
        const book = new LeaseBook();
        const users = Array.from(
          { length: isolates },
          (_, index) => new User(`is_${index}`, shared),
        );
        const counts = users.map(() => 0);
        for (let tick = 0; tick < 2_000; tick += 1) {
          const nowMs = START_MS + tick * 100;
          for (const [index, user] of users.entries()) {
            if (tick % 10 === index % 10) user.report(book, nowMs);
            for (let i = 0; i < 3; i += 1) {
              if (user.use(book, nowMs, true) && tick >= 1_400)
                counts[index] = (counts[index] ?? 0) + 1;
            }
          }
        }
        const used = counts.reduce((sum, count) => sum + count, 0);
        expect(used).toBeLessThanOrEqual(limit);
        expect(used).toBeGreaterThanOrEqual(limit - 1);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(
          1 + Math.ceil(limit / isolates / 4),
        );
      },
    ),
    { numRuns: 10 },
  );
});
