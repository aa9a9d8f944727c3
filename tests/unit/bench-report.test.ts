/** The report's arithmetic: ratios, costs, options, and the page that they make. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { medianRange } from "../../bench/lib/quantile.ts";
import { PLAN_USD, PRICES } from "../../bench/lib/report/cloudflare-prices.ts";
import { freePlanDays, listUsd, monthUsd, type Use } from "../../bench/lib/report/cost.ts";
import { requestBody } from "../../bench/lib/report/measure-load.ts";
import { readCostSources } from "../../bench/lib/report/page.ts";
import { readReportOptions } from "../../bench/lib/report/report-options.ts";
import { reportCharts, reportPage, withFastSentence } from "../../bench/lib/report/report-page.ts";
import {
  BARE,
  type LoadCell,
  type LoadRound,
  OURS,
  type ReportResult,
} from "../../bench/lib/report/report-result.ts";
import { figureOf, limitedFigures, ratioTo } from "../../bench/lib/report/summary.ts";
import { SeededRandom } from "../../scripts/demo/seeded-random.ts";

const NOTHING: Use = {
  requests: 0,
  cpuMs: 0,
  rowsWritten: 0,
  rowsRead: 0,
  objectRequests: 0,
  objectGbSeconds: 0,
};

describe("costs", () => {
  test("are Cloudflare's own example of 15 million requests of 7 ms", () => {
    const use = { ...NOTHING, requests: 1e6, cpuMs: 7e6 };
    expect(monthUsd(use, 15)).toBeCloseTo(8, 9);
    expect(monthUsd(use, 100)).toBeCloseTo(45.4, 9);
  });

  test("within what a month includes are the plan's price, and beyond it at most the list price more", () => {
    const amount = fc.nat(2 ** 31 - 1).map((sixteenths) => sixteenths / 16);
    const uses = fc.record({
      requests: amount,
      cpuMs: amount,
      rowsWritten: amount,
      rowsRead: amount,
      objectRequests: amount,
      objectGbSeconds: amount,
    });
    fc.assert(
      fc.property(uses, fc.integer({ min: 0, max: 200 }), (use, millions) => {
        const month = monthUsd(use, millions);
        expect(month).toBeGreaterThanOrEqual(PLAN_USD);
        expect(month).toBeLessThanOrEqual(PLAN_USD + listUsd(use) * millions + 1e-6);
        expect(monthUsd(use, millions + 1)).toBeGreaterThanOrEqual(month);
        const { days, limit } = freePlanDays(use);
        for (const [meter, { freePerDay }] of Object.entries(PRICES)) {
          if (freePerDay !== null) {
            expect(use[meter as keyof Use]).toBeLessThanOrEqual(days * freePerDay * (1 + 1e-9));
          }
        }
        if (days > 0) expect(use[limit]).toBeCloseTo(days * (PRICES[limit].freePerDay ?? 0), 3);
      }),
      { numRuns: 200 },
    );
  });

  test("are exact for rows and objects", () => {
    expect(listUsd({ ...NOTHING, rowsWritten: 1_081_900 })).toBeCloseTo(1.0819, 9);
    expect(listUsd({ ...NOTHING, objectRequests: 87_983, objectGbSeconds: 12_500 })).toBeCloseTo(
      0.013197 + 0.15625,
      6,
    );
    expect(freePlanDays({ ...NOTHING, requests: 1e6, rowsWritten: 1_081_900 })).toEqual({
      days: 10.819,
      limit: "rowsWritten",
    });
  });
});

const round = (requestsPerSecond: number): LoadRound => ({
  requests: 1,
  requestsPerSecond,
  firstByteP50Ms: 1,
  firstByteP99Ms: 2,
  wholeP50Ms: 1,
  wholeP99Ms: 2,
  cpuMsPerRequest: null,
});

describe("ratios", () => {
  const kind = { answer: "json", bodyKb: 1, clients: 16 } as const;
  const cell = (contender: string, perSecond: readonly number[], failed: string | null = null) =>
    ({ contender, ...kind, rounds: perSecond.map(round), failed }) satisfies LoadCell;

  test("compare the same round, so that a machine that slows down changes none", () => {
    const loads = [cell(BARE, [1_000, 100, 400]), cell(OURS, [500, 50, 200])];
    expect(ratioTo({ loads }, OURS, kind)).toBe(0.5);
    expect(figureOf({ loads }, OURS, kind, "requestsPerSecond")).toBe(200);
  });

  test("are none for what failed, wasn't measured, or has no CPU time", () => {
    const loads = [cell(BARE, [1_000]), cell(OURS, [500], "1 of 9 were not answered with 200")];
    expect(ratioTo({ loads }, OURS, kind)).toBeNull();
    expect(ratioTo({ loads }, "Portkey", kind)).toBeNull();
    expect(figureOf({ loads }, BARE, kind, "cpuMsPerRequest")).toBeNull();
  });
});

test("what clients saw while keys were limited: medians, the worst, and every failure", () => {
  const one = (firstAnswerMs: number, firstRequests: number) => ({
    firstAnswerMs,
    firstRequests,
    firstAttempts: firstAnswerMs / 20,
    nextP50Ms: 21,
    nextP99Ms: 40,
    nextFailed: 1,
    nextAttemptsPerAnswer: 1.1,
  });
  const rounds = [one(20, 1), one(400, 3), one(40, 1)];
  expect(limitedFigures({ contender: OURS, limited: 19, rounds, failed: null })).toEqual({
    firstAnswerMs: 40,
    slowestFirstMs: 400,
    firstAttempts: 2,
    mostFirstAttempts: 20,
    nextP50Ms: 21,
    nextP99Ms: 40,
    attemptsPerAnswer: 1.1,
    failedFirst: 2,
    failedNext: 3,
  });
  expect(limitedFigures({ contender: OURS, limited: 19, rounds, failed: "why" })).toBeNull();
});

describe("the page", () => {
  const result = (changes: Partial<ReportResult>): ReportResult => ({
    measuredAt: "2026-11-30T15:00:00.000Z",
    machine: { cores: 2, arch: "x64", node: "v24" },
    system: { cpu: "a CPU", os: "Linux" },
    versions: { oneBalance: "1", workerd: "1" },
    settings: {
      rounds: 4,
      secondsPerRound: 1,
      limitedRounds: 8,
      keys: 20,
      nextRequests: 200,
      nextClients: 4,
      upstreamDelayMs: 20,
      seed: 1,
    },
    contenders: [BARE, OURS, "Portkey"].map((name) => ({ name, isPeer: name === "Portkey" })),
    leftOut: [{ contender: "Portkey", answer: "stream", reason: "9 of 9 were not answered" }],
    loads: [BARE, OURS, "Portkey"].flatMap((contender, index) =>
      (["json", "stream"] as const).map((answer) => ({
        contender,
        answer,
        bodyKb: 1,
        clients: 16,
        rounds: contender === "Portkey" && answer === "stream" ? [] : [round(800 / 2 ** index)],
        failed: null,
      })),
    ),
    limited: [],
    ...changes,
  });

  test("states the ratios, and what wasn't measured and why", async () => {
    const text = reportPage(result({}), await readCostSources());
    expect(text).toContain("One Balance serves 50 % of the bare pass-through's");
    expect(text).toContain("Portkey 25 % with JSON and – with streams");
    expect(text).toContain("- Portkey, streams: 9 of 9 were not answered");
    expect(text).not.toContain("short run");
    expect(withFastSentence("- **Is fast.** Once.\n", result({}))).toMatch(
      /^- \*\*Is fast\.\*\* .* 50 % of the JSON requests .*\n$/,
    );
  });

  test("says that a run was short, and can do without any contender", async () => {
    const settings = { ...result({}).settings, rounds: 1, secondsPerRound: 0.2 };
    for (const contenders of [[], [{ name: BARE, isPeer: false }]]) {
      const loads = result({}).loads.filter(({ contender }) =>
        contenders.some(({ name }) => name === contender),
      );
      const few = result({ settings, contenders, loads });
      const text = reportPage(few, await readCostSources());
      expect(text).toContain("This was a short run.");
      expect(text).not.toMatch(/NaN|Infinity|undefined/);
      for (const [, chart] of reportCharts(few)) expect(chart).not.toMatch(/NaN|Infinity/);
    }
  });

  test("draws names as text", () => {
    const contenders = [{ name: "<b>&", isPeer: true }];
    const loads = result({}).loads.map((cell) => ({ ...cell, contender: "<b>&" }));
    const [[, chart] = ["", ""]] = reportCharts(result({ contenders, loads }));
    expect(chart).toContain("&lt;b&gt;&amp;");
    expect(chart).not.toContain("<b>");
  });
});

test("bodies have the size that the table says", () => {
  for (const kb of [1, 100, 1_000]) {
    for (const answer of ["json", "stream"] as const) {
      const body = requestBody(answer, kb);
      expect(Buffer.byteLength(body)).toBe(kb * 1_000);
      expect(JSON.parse(body)).toMatchObject({ stream: answer === "stream" });
    }
  }
});

describe("options", () => {
  test("name peers, their headers and their pools; secrets come from variables", () => {
    const { peers, upstreamPort } = readReportOptions(
      [
        ...["--peer", "Portkey 1.15=http://127.0.0.1:9201/v1/chat/completions?x=1"],
        ...["--peer-header", "Portkey 1.15=Authorization: Bearer $PEER_KEY"],
        ...["--peer", "other=http://localhost:9202/api"],
        ...["--peer-header", 'other=x-config: {"a": 1}'],
        ...["--peer-pool", "other"],
      ],
      { PEER_KEY: "sk-bench-00" },
    );
    expect(peers.map(({ url, ...rest }) => ({ url: url.href, ...rest }))).toEqual([
      {
        name: "Portkey 1.15",
        url: "http://127.0.0.1:9201/v1/chat/completions?x=1",
        headers: { authorization: "Bearer sk-bench-00" },
        hasPool: false,
      },
      {
        name: "other",
        url: "http://localhost:9202/api",
        headers: { "x-config": '{"a": 1}' },
        hasPool: true,
      },
    ]);
    expect(upstreamPort).toBe(9100);
  });

  test("are sizes from variables", () => {
    const env = { REPORT_ROUNDS: "1", REPORT_SECONDS: "0.2", REPORT_CLIENTS: "2,8" };
    expect(readReportOptions([], env)).toMatchObject({
      peers: [],
      rounds: 1,
      secondsPerRound: 0.2,
      clients: [2, 8],
      bodiesKb: [1, 100, 1_000],
      upstreamPort: 0,
    });
  });

  test.each<[string, string[], Record<string, string>]>([
    ["a peer without an address", ["--peer", "x"], {}],
    ["https, which would measure TLS", ["--peer", "x=https://example.com"], {}],
    ["two of one name", ["--peer", "x=http://a", "--peer", "x=http://b"], {}],
    ["our own name", ["--peer", `${OURS}=http://a`], {}],
    ["a header of no peer", ["--peer-header", "x=a: b"], {}],
    ["a pool of no peer", ["--peer-pool", "x"], {}],
    ["a header without a value", ["--peer", "x=http://a", "--peer-header", "x=a"], {}],
    ["an unset variable", ["--peer", "x=http://a", "--peer-header", "x=a: $NONE"], {}],
    ["an unknown option", ["--peers", "x=http://a"], {}],
    ["no number", [], { REPORT_ROUNDS: "many" }],
    ["no rounds", [], { REPORT_ROUNDS: "0" }],
  ])("reject %s", (_, args, env) => {
    expect(() => readReportOptions(args, env)).toThrow();
  });
});

test("a median's range holds what the samples are of, 95 times of 100", () => {
  const random = new SeededRandom(60);
  const samples = Array.from({ length: 400 }, () =>
    medianRange(Array.from({ length: 60 }, () => random.next() ** 3)),
  );
  const held = samples.filter(([least, most]) => least <= 0.5 ** 3 && most >= 0.5 ** 3);
  expect(held.length / samples.length).toBeGreaterThan(0.92);
  expect(held.length / samples.length).toBeLessThan(0.99);
});
