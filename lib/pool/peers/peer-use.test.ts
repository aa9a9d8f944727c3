import fc from "fast-check";
import { expect, test } from "vitest";
import { SendLog } from "../limits/send-log";
import { HOLD_MS, type PeerSends, PeerUse, type TimedAmount, type Turns } from "./peer-use";
import { decodeSends, encodeSends } from "./report-format";
import { roomAtMs } from "./window-room";

const START_MS = Date.UTC(2026, 10, 23, 12);
const SPAN_MS = 60_000;
const ANYBODY: Turns = { turnMs: () => 0 };
const NOBODY: Turns = { turnMs: (_domain, _free, nowMs) => nowMs + 1_000 };

/** An isolate that sends whenever it may, and what the others reported to it. */
class Sender {
  readonly log = new SendLog();
  readonly peers: PeerUse;
  #reported: readonly TimedAmount[] = [];

  constructor(turns: Turns) {
    this.peers = new PeerUse("pk_1", turns);
  }

  send(limit: number, nowMs: number): boolean {
    if (roomAtMs(this.log, this.peers, limit, SPAN_MS, 1, nowMs) > nowMs) return false;
    this.log.add(nowMs, 1, 1);
    return true;
  }

  /** Its current report, encoded and decoded. */
  report(nowMs: number): void {
    this.#reported = decodeSends(
      encodeSends(this.log.after(nowMs - SPAN_MS - 10_000), nowMs),
      nowMs,
    );
  }

  receive(others: readonly Sender[], isWanting: boolean): void {
    const told = others.filter((other) => other !== this);
    this.peers.receive(told.map((other): PeerSends => ({ isWanting, sends: other.#reported })));
  }
}

const mostInAWindow = (sends: readonly number[]) =>
  Math.max(
    0,
    ...sends.map((endMs) => sends.filter((ms) => ms > endMs - SPAN_MS && ms <= endMs).length),
  );

const steps = fc.array(
  fc.record({ isolate: fc.nat({ max: 9 }), afterMs: fc.nat({ max: 4_000 }) }),
  { minLength: 50, maxLength: 250 },
);

test("no window holds more than the limit if everything is reported at once, whichever isolate sends", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 10 }),
      fc.boolean(),
      steps,
      (limit, isolates, isWanting, history) => {
        const senders = Array.from({ length: isolates }, () => new Sender(ANYBODY));
        const sends: number[] = [];
        let nowMs = START_MS;
        for (const { isolate, afterMs } of history) {
          nowMs += afterMs;
          const sender = senders[isolate % isolates];
          sender?.receive(senders, isWanting);
          if (sender?.send(limit, nowMs) === true) sends.push(nowMs);
          sender?.report(nowMs);
        }
        expect(mostInAWindow(sends)).toBeLessThanOrEqual(limit);
      },
    ),
    { numRuns: 200 },
  );
});

test("what each has comes back to it, though the others hear of it late", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 6 }),
      fc.integer({ min: 100, max: 1_500 }),
      fc.integer({ min: 0, max: 30_000 }),
      (parts, gapMs, spreadMs) => {
        const limit = parts.reduce((sum, part) => sum + part, 0);
        if (limit === 0) return;
        const senders = parts.map(() => new Sender(NOBODY));
        const sends: number[] = [];
        for (const [index, part] of parts.entries()) {
          for (let count = 0; count < part; count += 1) {
            const atMs = START_MS + (count * spreadMs) / 6 + index;
            senders[index]?.log.add(atMs, 1, 1);
            sends.push(atMs);
          }
        }
        const counts = parts.map(() => 0);
        // All want as much as they can get, for three windows.
        for (let nowMs = START_MS + spreadMs + 50; nowMs < START_MS + 240_000; nowMs += 50) {
          for (const [index, sender] of senders.entries()) {
            if ((nowMs + index * 37) % gapMs < 50) {
              sender.report(nowMs);
              sender.receive(senders, true);
            }
            if (!sender.send(limit, nowMs)) continue;
            sends.push(nowMs);
            counts[index] = (counts[index] ?? 0) + 1;
          }
        }
        expect(mostInAWindow(sends)).toBeLessThanOrEqual(limit);
        for (const [index, part] of parts.entries()) {
          expect(counts[index]).toBeGreaterThanOrEqual(part * 2);
        }
      },
    ),
    { numRuns: 30 },
  );
});

test("what one isolate uses no more is the others', a moment after it left the window", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      fc.array(fc.nat({ max: 50_000 }), { minLength: 1, maxLength: 40 }),
      (limit, isWanting, afterMs) => {
        const [gone, busy] = [new Sender(ANYBODY), new Sender(ANYBODY)];
        const times = afterMs.map((ms) => START_MS + ms).sort((a, b) => a - b);
        for (const ms of times.slice(0, limit)) gone.log.add(ms, 1, 1);
        gone.report(START_MS + 50_000);
        busy.receive([gone], isWanting);
        const lastMs = START_MS + 50_000 + SPAN_MS + HOLD_MS;
        for (let count = 0; count < limit; count += 1) expect(busy.send(limit, lastMs)).toBe(true);
        expect(busy.send(limit, lastMs)).toBe(false);
      },
    ),
    { numRuns: 200 },
  );
});

test("when there will be room is foreseen to the moment", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 59_000 })), { minLength: 1, maxLength: 40 }),
      fc.boolean(),
      (limit, sent, isWanting) => {
        const [own, other] = [new Sender(ANYBODY), new Sender(ANYBODY)];
        for (const [isOwn, ms] of sent.toSorted(([, a], [, b]) => a - b)) {
          (isOwn ? own : other).log.add(START_MS + ms, 1, 1);
        }
        const nowMs = START_MS + 59_000;
        other.report(nowMs);
        own.receive([other], isWanting);
        const roomMs = roomAtMs(own.log, own.peers, limit, SPAN_MS, 1, nowMs);
        if (roomMs === 0) return;
        const at = (ms: number) => roomAtMs(own.log, own.peers, limit, SPAN_MS, 1, ms);
        expect(at(roomMs - 1)).toBeGreaterThan(roomMs - 1);
        expect(at(roomMs)).toBe(0);
      },
    ),
    { numRuns: 300 },
  );
});
