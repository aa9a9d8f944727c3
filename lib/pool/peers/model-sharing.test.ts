/** Two isolates that share one model: what one reports, through JSON as in D1, the other counts. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { DomainLimiters } from "../schedule/domain-limiters";
import { ModelSharing } from "./model-sharing";
import type { ModelReport, PeerReport } from "./report-format";
import { UseBoard } from "./use-board";

const START_MS = Date.UTC(2026, 10, 23, 12);
const MINUTE_MS = 60_000;

class Isolate {
  readonly board: UseBoard;
  readonly domains = new DomainLimiters({
    model: "gpt",
    prepare: () => {},
    isCounted: () => true,
  });
  readonly sharing: ModelSharing;
  waiting = 0;
  readonly changed: (readonly string[])[] = [];

  constructor(name: string) {
    this.board = new UseBoard(() => name);
    this.sharing = new ModelSharing({
      board: this.board,
      name: "openai gpt",
      domains: this.domains,
      waiting: () => this.waiting,
      changed: (domains) => this.changed.push([...domains].sort()),
    });
    this.domains.prior.sharing = this.sharing;
  }

  /** Sends a request that the provider rejects for a limit of ten per minute. */
  refuse(domain: string, nowMs: number): void {
    const limiter = this.domains.shared(domain, nowMs);
    const retryAtMs = nowMs + 30_000;
    const quota = { unit: "requests", span: "minute", limit: 10, requested: null } as const;
    const sent = limiter.take(1, nowMs);
    this.sharing.refused(true, nowMs);
    limiter.refuse(sent, { ...quota, retryAtMs }, { untilMs: retryAtMs, isGuess: false }, nowMs);
  }

  /** Its report, as the others receive it. */
  reported(nowMs: number): PeerReport {
    const models = JSON.parse(JSON.stringify(this.board.report(nowMs))) as ModelReport[];
    return { isolate: this.board.isolate, reportedMs: nowMs, models };
  }

  /** What the others used of a domain in the last minute. */
  ofPeers(domain: string, nowMs: number): number {
    const { peers } = this.domains.shared(domain, nowMs).learned.log;
    return peers?.within(MINUTE_MS, nowMs) ?? 0;
  }
}

test("what one isolate sent counts in another until it leaves the window", () => {
  const histories = fc.array(
    fc.record({ domain: fc.nat({ max: 3 }), ageMs: fc.nat({ max: 59_000 }) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(histories, (history) => {
      const [one, other] = [new Isolate("is_1"), new Isolate("is_2")];
      const nowMs = START_MS + MINUTE_MS;
      for (const { domain, ageMs } of history.toSorted((a, b) => b.ageMs - a.ageMs)) {
        one.domains.shared(`pk_${domain}`, nowMs - ageMs).take(1, nowMs - ageMs);
      }
      for (const { sharing } of [one, other]) sharing.refused(true, nowMs);
      other.board.receive([one.reported(nowMs)], nowMs);
      for (const domain of [0, 1, 2, 3]) {
        const sent = history.filter((each) => each.domain === domain).length;
        expect(other.ofPeers(`pk_${domain}`, nowMs)).toBe(sent);
        expect(other.ofPeers(`pk_${domain}`, nowMs + MINUTE_MS + 100)).toBe(0);
      }
      expect(other.changed).toEqual([
        [...new Set(history.map(({ domain }) => `pk_${domain}`))].sort(),
      ]);
      // A report replaces the one before.
      other.board.receive([], nowMs);
      expect(other.ofPeers("pk_0", nowMs)).toBe(0);
    }),
    { numRuns: 100 },
  );
});

test("a limit that a rejection stated to one isolate is known to the other, until it learns its own", () => {
  const [one, other] = [new Isolate("is_1"), new Isolate("is_2")];
  one.domains.prior.raiseLeastSpan(MINUTE_MS);
  for (let ms = 0; ms < 10; ms += 1) one.domains.shared("pk_1", START_MS).take(1, START_MS + ms);
  one.refuse("pk_1", START_MS + 100);
  other.sharing.peerRefused(START_MS + 100);
  other.board.receive([one.reported(START_MS + 200)], START_MS + 200);
  const { learned } = other.domains.shared("pk_1", START_MS + 200);
  expect(learned.statedLimit?.limit).toBe(10);
  expect(learned.left(START_MS + 200)).toBe(0);
});

test("only one of two isolates takes what is left while both have waiting requests", () => {
  const [one, other] = [new Isolate("is_1"), new Isolate("is_2")];
  for (const isolate of [one, other]) {
    isolate.sharing.refused(true, START_MS);
    isolate.waiting = 3;
    isolate.sharing.short(START_MS);
  }
  const [fromOne, fromOther] = [one.reported(START_MS), other.reported(START_MS)];
  one.board.receive([fromOther], START_MS);
  other.board.receive([fromOne], START_MS);
  const turns = (nowMs: number) =>
    [one, other].map(({ sharing }) => sharing.turnMs("pk_1", 1, nowMs));
  let ofOne = 0;
  for (let ms = 0; ms < 9_000; ms += 500) {
    const nowMs = START_MS + ms;
    const [mine = 0, theirs = 0] = turns(nowMs);
    expect([mine, theirs].filter((turnMs) => turnMs === 0)).toHaveLength(1);
    expect(Math.max(mine, theirs)).toBeGreaterThan(nowMs);
    if (mine === 0) ofOne += 1;
    // With more left than there are rivals, no turns are needed.
    expect([one, other].map(({ sharing }) => sharing.turnMs("pk_1", 2, nowMs))).toEqual([0, 0]);
  }
  expect(ofOne).toBeGreaterThan(0);
  // Isolates that haven't reported for nine seconds have no turns.
  expect(turns(START_MS + 9_000)).toEqual([0, 0]);
});

test("an isolate that has reported no demand waits for its next report", () => {
  const [one, other] = [new Isolate("is_1"), new Isolate("is_2")];
  for (const { sharing } of [one, other]) sharing.refused(true, START_MS);
  other.waiting = 1;
  other.sharing.short(START_MS);
  one.reported(START_MS);
  one.board.receive([other.reported(START_MS)], START_MS);
  expect(one.sharing.turnMs("pk_1", 1, START_MS)).toBe(START_MS + 500);
});

test("one isolate probes for all: the first by name that reports", () => {
  const all = ["is_1", "is_2", "is_3"].map((name) => new Isolate(name));
  for (const { sharing } of all) sharing.refused(true, START_MS);
  const reports = all.map((isolate) => isolate.reported(START_MS));
  for (const isolate of all) {
    isolate.board.receive(
      reports.filter((report) => report.isolate !== isolate.board.isolate),
      START_MS,
    );
  }
  const probing = (nowMs: number) => all.map(({ sharing }) => sharing.mayProbe(nowMs));
  expect(probing(START_MS + 8_999)).toEqual([true, false, false]);
  expect(probing(START_MS + 9_000)).toEqual([true, true, true]);
});

test("the pressure says how much the isolates compete", () => {
  const [one, other] = [new Isolate("is_1"), new Isolate("is_2")];
  one.sharing.refused(true, START_MS);
  expect(one.board.pressure).toBe("tight");
  one.board.receive([], START_MS);
  expect(one.board.pressure).toBe("alone");
  other.sharing.refused(true, START_MS);
  one.board.receive([other.reported(START_MS)], START_MS);
  expect(one.board.pressure).toBe("roomy");
  other.waiting = 1;
  other.sharing.short(START_MS);
  one.board.receive([other.reported(START_MS)], START_MS);
  expect(one.board.pressure).toBe("tight");
});
