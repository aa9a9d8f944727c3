/** Requests, tokens and cost are the same wherever they are shown, and the same as what was recorded. */
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import Papa from "papaparse";
import { beforeEach, describe, expect, test } from "vitest";
import { boardCharts } from "../../components/usage/board-charts";
import { chartRows } from "../../components/usage/chart-data";
import { newRowId } from "../../lib/db/new-row-id";
import { runBatch } from "../../lib/db/state/state-version";
import { compactUsage } from "../../lib/db/usage/compact-usage";
import { digestUsage } from "../../lib/db/usage/usage-digests";
import type { ManageContext } from "../../lib/manage/manage-context";
import { exportRequests } from "../../lib/manage/usage/export-requests";
import { listRequests } from "../../lib/manage/usage/list-requests";
import { type IsolateFigures, readMetrics } from "../../lib/manage/usage/read-metrics";
import { readOverviewUsage } from "../../lib/manage/usage/read-overview-usage";
import { readUsage } from "../../lib/manage/usage/read-usage";
import { readUsageBoard } from "../../lib/manage/usage/read-usage-board";
import { loadPriceBook } from "../../lib/usage/price";
import type { RequestEvent } from "../../lib/usage/request-event";
import { DAY_MS, HOUR_MS } from "../../lib/usage/rollup";
import { recordRequests } from "./record-requests";
import { ACTOR, db, emptyStore, emptyUsage, SECRETS } from "./test-store";
import { attemptBy, requestAt, usageOf } from "./usage-events";

const NOTHING_WAITS: IsolateFigures = {
  waiting: { requests: 0, changes: 0 },
  queued: {},
  leases: { by: "store", held: 0 },
  traces: { sent: 0, dropped: 0, waiting: 0 },
};

const NOW_MS = Date.UTC(2026, 10, 20, 12, 30);
const TODAY_MS = Date.UTC(2026, 10, 20);
const context: ManageContext = { db, secrets: SECRETS, nowMs: () => NOW_MS, actor: ACTOR };
const ADMIN = { id: "us_admin", role: "admin" } as const;
const GROUPS = ["provider", "model", "token", "user", "key", "outcome"] as const;

/** Nano-dollars are whole, so sums of them are exact. */
interface Sums {
  readonly requests: number;
  readonly tokens: number;
  readonly costNanoUsd: number;
}

beforeEach(async () => {
  await emptyStore();
  await emptyUsage();
});

/** Four hours of one day: all outcomes, several providers, models without a price, retries, estimates. */
const EVENTS: readonly RequestEvent[] = Array.from({ length: 150 }, (_, index) => {
  const event = requestAt(NOW_MS - (index % 4) * HOUR_MS - index, {
    provider: index % 3 === 0 ? "anthropic" : "openai",
    model: ["gpt-5", "claude-sonnet-4-5", "gpt-5-mini", "nobody-knows-it"][index % 4] ?? "",
    tokenId: `at_${index % 5}`,
    userId: index % 5 === 0 ? null : `us_${index % 3}`,
    usage: { ...usageOf(1_000 + index, 17 * index), isEstimate: index % 11 === 0 },
    attempts: [attemptBy(`pk_${index % 7}`)],
  });
  switch (index % 10) {
    case 1:
      return { ...event, attempts: [attemptBy("pk_9", "rate_limit_minute"), ...event.attempts] };
    case 2:
      return { ...event, outcome: "aborted", status: 499 };
    case 3:
      return { ...event, outcome: "limited", status: 429, usage: null, attempts: [] };
    case 4:
      return { ...event, outcome: "client_error", status: 400, usage: null };
    case 5:
      return { ...event, outcome: "upstream_error", status: 502, usage: null };
    case 6:
      return {
        ...event,
        ...{ outcome: "denied", status: 401, attempts: [], usage: null },
        ...{ provider: null, model: null, tokenId: null, userId: null },
      };
    default:
      return event;
  }
});

async function recorded(): Promise<Sums> {
  await recordRequests(EVENTS, NOW_MS);
  const book = await loadPriceBook();
  const costs = EVENTS.map(({ provider, model, usage, atMs }) =>
    provider === null || model === null || usage === null
      ? 0
      : (book.costNanoUsd(provider, model, usage, atMs) ?? 0),
  );
  const tokens = EVENTS.map(({ usage }) => (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0));
  return { requests: EVENTS.length, tokens: sumOf(tokens), costNanoUsd: sumOf(costs) };
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** From rows in the form of any response. */
function sumsOf(
  rows: readonly {
    readonly requests?: number;
    readonly inputTokens: number | null;
    readonly outputTokens: number | null;
    readonly costUsd: number | null;
  }[],
): Sums {
  return {
    requests: sumOf(rows.map(({ requests = 1 }) => requests)),
    tokens: sumOf(rows.map((row) => (row.inputTokens ?? 0) + (row.outputTokens ?? 0))),
    costNanoUsd: Math.round(sumOf(rows.map(({ costUsd }) => (costUsd ?? 0) * 1e9))),
  };
}

async function overview(): Promise<Sums[]> {
  const { today, models, users, outcomes } = await readOverviewUsage(context, ADMIN, TODAY_MS);
  expect(sumOf(outcomes.flatMap(({ values }) => values))).toBe(today.requests);
  return [sumsOf([today]), sumsOf(models), sumsOf(users)];
}

/** From the figures, the list, and the files of the charts. */
async function board(grain: "hour" | "day", groupBy: (typeof GROUPS)[number]): Promise<Sums[]> {
  const shown = await readUsageBoard(context, ADMIN, {
    grain,
    fromMs: TODAY_MS,
    toMs: TODAY_MS + DAY_MS,
    groupBy,
  });
  const words = {
    outcome: (outcome: string) => outcome,
    group: (id: string | null) => id ?? "other",
    cooled: "cooled",
    blocked: "blocked",
    attempts: "attempts",
  };
  const charts = boardCharts(shown, grain, words, (chart) => chart);
  const fileOf = (name: string) => {
    const chart = charts.find((each) => each.name === name);
    if (chart === undefined) throw new Error(`no chart of ${name}`);
    const rows = Papa.parse<string[]>(Papa.unparse(chartRows(chart.data))).data;
    return sumOf(rows.slice(1).flatMap((row) => row.slice(1).map(Number)));
  };
  const files = {
    requests: fileOf("requests"),
    tokens: fileOf("tokens"),
    costNanoUsd: Math.round(fileOf("cost") * 1e9),
  };
  return [sumsOf([shown.totals]), sumsOf(shown.groups), files];
}

async function api(bucket: "hour" | "day", groupBy: (typeof GROUPS)[number]): Promise<Sums[]> {
  const { rows, totals } = await readUsage(context, { bucket, groupBy, from: TODAY_MS });
  return [sumsOf(rows), sumsOf([totals])];
}

async function metrics(): Promise<Sums[]> {
  const samples = (await readMetrics(context, NOTHING_WAITS))
    .split("\n")
    .filter((line) => !line.startsWith("#"));
  const total = (pattern: RegExp) =>
    sumOf(
      samples.filter((line) => pattern.test(line)).map((line) => Number(line.split(" ").at(-1))),
    );
  return [
    {
      requests: total(/^one_balance_requests_total/),
      tokens: total(/^one_balance_tokens_total.*kind="(?:input|output)"/),
      costNanoUsd: Math.round(total(/^one_balance_cost_usd_total/) * 1e9),
    },
  ];
}

async function log(): Promise<Sums[]> {
  const pages = [];
  let cursor: string | undefined;
  do {
    const page = await listRequests(context, { cursor, limit: 40, format: "json" });
    pages.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  const read = async (format: "csv" | "json") => {
    let text = "";
    for await (const piece of exportRequests(context, {}, format)) text += piece;
    return text;
  };
  const csv = Papa.parse<Record<string, string>>((await read("csv")).trim(), { header: true });
  const rows = csv.data.map((row) => ({
    inputTokens: Number(row.inputTokens),
    outputTokens: Number(row.outputTokens),
    costUsd: Number(row.costUsd),
  }));
  return [sumsOf(pages), sumsOf(rows), sumsOf(JSON.parse(await read("json")))];
}

async function everyView(): Promise<Readonly<Record<string, readonly Sums[]>>> {
  const views: Record<string, readonly Sums[]> = {
    overview: await overview(),
    metrics: await metrics(),
    log: await log(),
  };
  for (const grain of ["hour", "day"] as const) {
    for (const groupBy of GROUPS) {
      views[`page, ${grain} by ${groupBy}`] = await board(grain, groupBy);
      views[`API, ${grain} by ${groupBy}`] = await api(grain, groupBy);
    }
  }
  return views;
}

describe("the same numbers everywhere", () => {
  test.each([
    ["before they are compacted", null, false],
    ["with the open hour by itself", NOW_MS, false],
    ["with all in the rollups", NOW_MS + HOUR_MS, false],
    ["with digests of all", NOW_MS + HOUR_MS, true],
  ] as const)("%s", async (_, compactedAtMs, isDigested) => {
    const expected = await recorded();
    expect(expected.costNanoUsd).toBeGreaterThan(0);
    if (compactedAtMs !== null) {
      await compactUsage(db, newRowId("uf", compactedAtMs), compactedAtMs);
      const [left] = await runBatch(db, [sql`select side from usage_open_hours`]);
      // Both sides of four hours: those that ended came late, and stay until the next time.
      expect(left?.results).toHaveLength(compactedAtMs === NOW_MS ? 8 : 0);
    }
    // Four hours and their day.
    if (isDigested) expect(await digestUsage(db)).toBe(5);
    const views = await everyView();
    for (const [view, told] of Object.entries(views)) {
      for (const sums of told) expect(sums, view).toEqual(expected);
    }
    const stored = await env.DB.prepare(
      "select count(*) as requests, sum(cost_nano_usd) as costNanoUsd from request_log",
    ).first();
    expect(stored).toEqual({ requests: expected.requests, costNanoUsd: expected.costNanoUsd });
  });
});
