import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { VirtualTime } from "../../../bench/lib/quota/virtual-time";
import { type Pressure, type SharedModel, UseBoard } from "../../pool/peers/use-board";
import { UseExchange } from "./use-exchange";
import type { PeerRow } from "./use-rows";

const START_MS = Date.UTC(2026, 10, 23, 12);
const NOBODY: SharedModel = {
  name: "openai gpt",
  pressure: "tight",
  isSharing: () => true,
  report: () => ["openai gpt", 1, 0, []],
  receive: () => {},
};

/** One isolate with use to report. */
function setUp(
  answer: () => Promise<readonly PeerRow[]>,
  pressure: Pressure,
  dailyRows: number | null = null,
) {
  const time = new VirtualTime(START_MS);
  const board = new UseBoard(() => "is_1");
  const calls: number[] = [];
  const exchange = new UseExchange({
    board,
    rows: {
      exchange: () => {
        calls.push(time.nowMs - START_MS);
        return answer();
      },
    },
    dailyRows: () => dailyRows,
    nowMs: () => time.nowMs,
    setTimer: (callback, ms) => time.at(time.nowMs + ms, callback),
  });
  board.share({ ...NOBODY, pressure });
  return { time, board, calls, exchange };
}

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

test.each([
  ["tight", [0, 1_500, 3_000, 4_500]],
  ["roomy", [0, 2_500, 5_000]],
  ["alone", [0]],
] as const)("when little is left, reports are frequent: %s", async (pressure, expected) => {
  const { time, board, calls, exchange } = setUp(async () => [], pressure);
  for (let ms = 0; ms <= 5_000; ms += 100) {
    time.at(START_MS + ms, () => {
      board.markDue();
      exchange.exchangeIfDue();
    });
  }
  await time.run();
  expect(calls.filter((ms) => ms <= 5_000)).toEqual(expected);
});

test("nothing is reported if nothing was sent, and one at a time", async () => {
  const { time, board, calls, exchange } = setUp(async () => [], "tight");
  expect(exchange.exchangeIfDue()).not.toBeNull();
  expect(exchange.exchangeIfDue()).toBeNull();
  await time.run();
  expect(board.isDue).toBe(false);
  expect(exchange.exchangeIfDue()).toBeNull();
  expect(calls).toHaveLength(1);
});

test("a store that fails is tried again five seconds later, without an error", async () => {
  const { time, calls, exchange } = setUp(() => Promise.reject(new Error("away")), "tight");
  for (let ms = 0; ms <= 12_000; ms += 500)
    time.at(START_MS + ms, () => void exchange.exchangeIfDue());
  await time.run();
  expect(calls.filter((ms) => ms <= 11_000)).toEqual([0, 5_000, 10_000]);
});

test("one that never ends is given up after eight seconds", async () => {
  const { time, board, calls, exchange } = setUp(() => new Promise(() => {}), "tight");
  for (let ms = 0; ms <= 20_000; ms += 1_000) {
    time.at(START_MS + ms, () => {
      board.markDue();
      void exchange.exchangeIfDue();
    });
  }
  await time.run();
  expect(calls).toEqual([0, 8_000, 16_000]);
});

test("all isolates together write no more rows in a day than they may, and go on the day after", async () => {
  const peers = [1, 2, 3].map((n): PeerRow => ({ isolate: `is_${n}`, ageMs: 0, models: "[]" }));
  const { time, board, calls, exchange } = setUp(async () => peers, "tight", 40);
  for (let ms = 0; ms <= 60_000; ms += 500) {
    for (const afterMs of [ms, 86_400_000 + ms]) {
      time.at(START_MS + afterMs, () => {
        board.markDue();
        void exchange.exchangeIfDue();
      });
    }
  }
  time.at(START_MS + 70_000, () => expect(board.isOff).toBe(true));
  await time.run();
  // Each of four isolates writes a fourth; the first exchange happens before the others are known.
  const ofDay = (day: number) => calls.filter((ms) => Math.floor(ms / 86_400_000) === day).length;
  expect([ofDay(0), ofDay(1)]).toEqual([10, 10]);
});
