/** Limits of one token, group or tag on eight isolates, in virtual time; `npm run bench -- isolates` plays more of it, for longer. */
import { afterAll, beforeAll, describe, expect, type MockInstance, test, vi } from "vitest";
import {
  costOf,
  type LimitOutcome,
  MOST_TOKENS,
  mostAtOnce,
  mostInAMinute,
  playLimits,
} from "../../bench/lib/isolates/play-limits";
import { TOKEN_NANO_USD } from "../../bench/lib/isolates/sim-isolate.ts";
import type { TokenLimits } from "../../lib/budgets/limit-holder";

interface Line {
  readonly limits: Partial<TokenLimits>;
  /** Three times the limit. */
  readonly perSecond: number;
  readonly most: number;
  readonly of: (outcome: LimitOutcome) => number;
}

const LINES: readonly Line[] = [
  { limits: { rpm: 60 }, perSecond: 3, most: 60, of: (after) => mostInAMinute(after, () => 1) },
  {
    limits: { tpm: 20_000 },
    perSecond: 3,
    most: 20_000,
    of: (after) => mostInAMinute(after, ({ tokens }) => tokens),
  },
  { limits: { concurrentRequests: 4 }, perSecond: 8, most: 4, of: mostAtOnce },
  { limits: { dailyRequests: 80 }, perSecond: 4, most: 80, of: ({ sent }) => sent.length },
  { limits: { dailyCostUsd: 0.02 }, perSecond: 4, most: 2e7, of: costOf },
];

let logged: MockInstance;
beforeAll(() => {
  logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterAll(() => logged.mockRestore());

describe.each(["store", "object"] as const)("eight isolates that share by the %s", (sharing) => {
  test.each(LINES)("keep $limits under three times as much", async ({ of, most, ...line }) => {
    const after = await playLimits({
      ...{ seed: 1, isolates: 8, sharing, durationMs: 50_000, maxWaitMs: 250 },
      ...line,
    });
    expect(of(after)).toBeLessThanOrEqual(most * 1.02);
    expect(of(after)).toBeGreaterThanOrEqual(most * 0.85);
  });

  test.each(LINES)("keep $limits in a burst", async ({ of, most, limits }) => {
    const after = await playLimits({
      ...{ seed: 2, isolates: 8, sharing, limits, durationMs: 1_000, perSecond: 0, burst: 150 },
      maxWaitMs: 2_000,
    });
    expect(of(after)).toBeLessThanOrEqual(most * 1.02);
    expect(of(after)).toBeGreaterThanOrEqual(most * 0.5);
  });
});

/** Tags have budgets only. */
const BUDGETS = LINES.filter(({ limits }) => "dailyRequests" in limits || "dailyCostUsd" in limits);

describe.each([
  { holder: "group", isolates: 1, sharing: "store", lines: LINES },
  { holder: "group", isolates: 8, sharing: "store", lines: LINES },
  { holder: "tag", isolates: 1, sharing: "store", lines: BUDGETS },
  { holder: "tag", isolates: 8, sharing: "store", lines: BUDGETS },
  { holder: "tag", isolates: 1, sharing: "object", lines: BUDGETS },
  { holder: "tag", isolates: 8, sharing: "object", lines: BUDGETS },
] as const)(
  "the limits of a $holder of five tokens, isolates: $isolates, shared by the $sharing",
  ({ lines, ...shared }) => {
    test.each(lines)("$limits hold for all of them together", async ({ of, most, ...line }) => {
      const after = await playLimits({
        ...{ seed: 5, durationMs: 50_000, maxWaitMs: 250 },
        ...shared,
        ...line,
      });
      // A budget of money is exceeded by at most one request, as a token's.
      const slack = of === costOf ? MOST_TOKENS * TOKEN_NANO_USD : most * 0.02;
      expect(of(after)).toBeLessThanOrEqual(most + slack);
      expect(of(after)).toBeGreaterThanOrEqual(most * 0.85);
    });
  },
);

test("one isolate uses the whole limit, and a little-used limit is reported to no one", async () => {
  const game = { seed: 3, isolates: 1, sharing: "store", durationMs: 60_000 } as const;
  const busy = await playLimits({ ...game, limits: { rpm: 40 }, perSecond: 0, burst: 40 });
  expect(busy.statuses).toEqual(new Map([[200, 40]]));
  const quiet = await playLimits({ ...game, limits: { rpm: 640 }, perSecond: 0.5 });
  // A row for the flush and one per request, and no other.
  const spends = 2;
  expect(quiet.bill.rowsWritten).toBeLessThanOrEqual(quiet.asked * (2 + spends));
  expect(quiet.bill.calls).toBeLessThanOrEqual(quiet.asked);
});

/** An answer of 15 tokens to a request of 60. */
const SMALL = 75;

describe.each([500, 1_500, 3_000, 5_000])("a limit of %i tokens per minute", (tpm) => {
  const wanted = Math.floor(tpm / SMALL);
  const clients = [1, 2, 5, 20];
  test.each(clients.flatMap((each) => [null, 50].map((maxTokens) => ({ each, maxTokens }))))(
    "serves what it holds to $each clients, with max_tokens $maxTokens",
    async ({ each, maxTokens }) => {
      for (const sharing of ["none", "store", "object"] as const) {
        const after = await playLimits({
          ...{ seed: 5, isolates: 1, sharing, limits: { tpm }, perSecond: 0, durationMs: 0 },
          ...{ loops: { clients: each, requests: Math.ceil((1.3 * wanted) / each) } },
          ...{ maxTokens, answerTokens: 15, maxWaitMs: 60_000 },
        });
        const inAMinute = mostInAMinute(after, ({ tokens }) => tokens);
        expect(inAMinute, sharing).toBeLessThanOrEqual(tpm + SMALL);
        expect(after.sent.length, sharing).toBeGreaterThanOrEqual(wanted - 1);
      }
    },
  );
});

/** Without `max_tokens`, a request may need more than the whole limit, and more than any even share of it. */
describe.each(["store", "object"] as const)("four isolates that share by the %s", (sharing) => {
  test.each([
    { limits: { tpm: 3_000 } },
    { limits: { dailyTokens: 3_000 } },
    { limits: { dailyCostUsd: 0.003 } },
  ])("take turns with $limits, which one request may use up", async ({ limits }) => {
    const after = await playLimits({
      ...{ seed: 7, isolates: 4, sharing, limits, perSecond: 0, durationMs: 0 },
      ...{ loops: { clients: 20, requests: 3 }, maxTokens: null, answerTokens: 15 },
      maxWaitMs: 30_000,
    });
    const tokens = mostInAMinute(after, ({ tokens }) => tokens);
    expect(tokens).toBeLessThanOrEqual(3_000 + SMALL);
    expect(tokens).toBeGreaterThanOrEqual(3_000 * 0.8);
  });
});

const RPM_240 = {
  ...{ seed: 4, isolates: 8, limits: { rpm: 240 }, perSecond: 8, durationMs: 80_000 },
  maxWaitMs: 250,
};
const perMinute = (after: LimitOutcome) => mostInAMinute(after, () => 1);

test("while the objects are away D1 hands out the leases, and the limit is kept as well", async () => {
  const after = await playLimits({
    ...RPM_240,
    sharing: "object",
    events: [
      [20_000, (store) => Object.assign(store, { areObjectsDown: true })],
      [60_000, (store) => Object.assign(store, { areObjectsDown: false })],
    ],
  });
  expect(perMinute(after)).toBeLessThanOrEqual(240 * 1.1);
  expect(perMinute(after)).toBeGreaterThanOrEqual(240 * 0.9);
  expect(after.bill.objectCalls).toBeGreaterThan(0);
  expect(after.bill.rowsRead).toBeGreaterThan(0);
});

test.each([
  ["fails", { isDown: true }],
  ["takes ten seconds", { latency: [10_000, 10_000] }],
  ["never answers", { latency: [1e9, 1e9] }],
] as const)("while D1 %s isolates go on with the leases they have", async (_, trouble) => {
  const after = await playLimits({
    ...RPM_240,
    sharing: "store",
    events: [
      [30_000, (store) => Object.assign(store, trouble)],
      [70_000, (store) => Object.assign(store, { isDown: false, latency: [10, 60] })],
    ],
  });
  expect([...after.statuses.keys()].sort()).toEqual([200, 429]);
  expect(perMinute(after)).toBeLessThanOrEqual(240 * 1.1);
  expect(perMinute(after)).toBeGreaterThanOrEqual(240 * 0.9);
});
