import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeSends, encodeSends, type ModelReport, recentRequests } from "./report-format";

const NOW_MS = Date.UTC(2026, 10, 23, 12);
/** What an isolate reports: the last window, and what left it a moment ago. */
const REPORTED_MS = 70_000;

const sends = (maxLength: number, minLength = 0) =>
  fc
    .array(fc.tuple(fc.nat({ max: REPORTED_MS }), fc.integer({ min: 1, max: 9 })), {
      minLength,
      maxLength,
    })
    .map((ages) =>
      ages.map(([ageMs, amount]) => [NOW_MS - ageMs, amount] as const).sort(([a], [b]) => a - b),
    );

const amountOf = (all: readonly (readonly [number, number])[], sinceMs = 0) =>
  all.reduce((sum, [atMs, amount]) => (atMs > sinceMs ? sum + amount : sum), 0);

test("every send arrives, and none counts for less time than it does, nor for much longer", () => {
  fc.assert(
    fc.property(sends(200), fc.nat({ max: REPORTED_MS }), (sent, spanMs) => {
      const received = decodeSends(encodeSends(sent, NOW_MS), NOW_MS);
      const grainMs = sent.length > 30 ? 2_000 : 100;
      expect(amountOf(received)).toBe(amountOf(sent));
      const sinceMs = NOW_MS - spanMs;
      expect(amountOf(received, sinceMs)).toBeGreaterThanOrEqual(amountOf(sent, sinceMs));
      expect(amountOf(received, sinceMs)).toBeLessThanOrEqual(amountOf(sent, sinceMs - grainMs));
      expect(received).toEqual(received.toSorted(([a], [b]) => a - b));
    }),
    { numRuns: 300 },
  );
});

test("a report is bounded, however much was sent", () => {
  fc.assert(
    fc.property(sends(500, 200), (sent) => {
      expect(encodeSends(sent, NOW_MS).length).toBeLessThanOrEqual((2 * REPORTED_MS) / 2_000 + 2);
    }),
    { numRuns: 20 },
  );
});

test("recent requests are those of the age or less, of all domains", () => {
  fc.assert(
    fc.property(sends(60), sends(60), fc.nat({ max: 200 }), (one, other, age) => {
      const reports = [one, other].map(
        (sent, index) => [`pk_${index}`, encodeSends(sent, NOW_MS), [], 0, 0] as const,
      );
      const recent = [one, other].flatMap((sent) =>
        decodeSends(encodeSends(sent, NOW_MS), NOW_MS).filter(
          ([atMs]) => atMs >= NOW_MS - age * 100,
        ),
      );
      expect(recentRequests(reports, age)).toBe(amountOf(recent));
    }),
    { numRuns: 200 },
  );
});

test("isolates of the versions before and after read each other: the format is positional", () => {
  const report: ModelReport = [
    "openai gpt",
    2,
    24_000,
    [
      [
        "pk_1",
        encodeSends(
          [
            [NOW_MS - 1_250, 1],
            [NOW_MS - 310, 1],
            [NOW_MS - 300, 2],
          ],
          NOW_MS,
        ),
        [],
        10,
        40,
      ],
    ],
  ];
  expect(JSON.stringify(report)).toBe('["openai gpt",2,24000,[["pk_1",[12,1,3,3],[],10,40]]]');
});
