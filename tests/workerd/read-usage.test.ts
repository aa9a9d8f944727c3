import { env } from "cloudflare:workers";
import Papa from "papaparse";
import { beforeEach, describe, expect, test } from "vitest";
import { newRowId } from "../../lib/db/new-row-id";
import { incidents } from "../../lib/db/schema/incident-schema";
import { compactUsage } from "../../lib/db/usage/compact-usage";
import * as answers from "../../lib/manage/answer-schemas";
import type { ManageContext } from "../../lib/manage/manage-context";
import { parseInput } from "../../lib/manage/parse-input";
import {
  browseRequests,
  exportBrowsedRequests,
  readRequestStory,
} from "../../lib/manage/usage/browse-requests";
import { exportRequests } from "../../lib/manage/usage/export-requests";
import { findRequest } from "../../lib/manage/usage/find-request";
import { listRequests } from "../../lib/manage/usage/list-requests";
import { type IsolateFigures, readMetrics } from "../../lib/manage/usage/read-metrics";
import { readUsage } from "../../lib/manage/usage/read-usage";
import {
  type ListRequestsInput,
  listRequestsInput,
  readUsageInput,
} from "../../lib/manage/usage/usage-schemas";
import { formatTags, parseTags } from "../../lib/tags/tag-text";
import type { RequestEvent } from "../../lib/usage/request-event";
import { DAY_MS, HOUR_MS } from "../../lib/usage/rollup";
import { recordRequests } from "./record-requests";
import { db, emptyStore, emptyUsage, SECRETS, storeKey, storeToken } from "./test-store";
import { attemptBy, requestAt, usageOf } from "./usage-events";

const NOTHING_WAITS: IsolateFigures = {
  waiting: { requests: 0, changes: 0 },
  queued: {},
  leases: { by: "store", held: 0 },
  traces: { sent: 0, dropped: 0, waiting: 0 },
};

const NOW_MS = Date.UTC(2026, 10, 20, 12, 30);
const INCIDENT = {
  provider: "openai",
  rule: "status-401",
  meaning: "key_invalid",
  status: 401,
  words: "",
  effect: "block",
  keyIds: [],
  openedAtMs: NOW_MS,
  lastSeenMs: NOW_MS,
  closedAtMs: null,
} as const;

const context: ManageContext = {
  db,
  secrets: SECRETS,
  nowMs: () => NOW_MS,
  actor: { kind: "user", id: "us_test", name: "ann@team.test", ip: null, userAgent: null },
};

beforeEach(async () => {
  await emptyStore();
  await emptyUsage();
});

const record = (events: readonly RequestEvent[], rollUp: readonly string[] = []) =>
  recordRequests(events, NOW_MS, rollUp);

const usage = (query: Record<string, string>) =>
  readUsage(context, parseInput(readUsageInput, query));
const requests = (query: Record<string, string> = {}) =>
  listRequests(context, parseInput(listRequestsInput, query));

/** Three hours of two days, three tokens, two models and four keys; some requests retried, some rejected. */
function mixed(): RequestEvent[] {
  return Array.from({ length: 120 }, (_, index) => {
    const atMs = NOW_MS - ([0, HOUR_MS, DAY_MS][index % 3] ?? 0) - index;
    const base = requestAt(atMs, {
      model: index % 2 === 0 ? "gpt-5-mini" : "gpt-5",
      tokenId: `at_${index % 3}`,
      userId: index % 3 === 0 ? "us_1" : null,
      usage: usageOf(100 + index, index),
      durationMs: 10 * index,
      attempts: [attemptBy(`pk_${index % 4}`)],
    });
    if (index % 10 === 0) {
      return { ...base, attempts: [attemptBy("pk_9", "rate_limit_minute"), ...base.attempts] };
    }
    if (index % 10 === 5) {
      return { ...base, outcome: "limited", status: 429, usage: null, attempts: [] };
    }
    return base;
  });
}

describe("use", () => {
  test("the same totals whatever it is grouped by, and the same as the log's", async () => {
    await record(mixed());
    const events = mixed();
    const sum = (value: (event: RequestEvent) => number) =>
      events.reduce((total, event) => total + value(event), 0);
    const expected = {
      requests: 120,
      attempts: sum((event) => event.attempts.length),
      inputTokens: sum((event) => event.usage?.inputTokens ?? 0),
      outputTokens: sum((event) => event.usage?.outputTokens ?? 0),
    };
    const log = await env.DB.prepare(
      "select sum(cost_nano_usd) / 1e9 as cost, sum(input_tokens) as input from request_log",
    ).first<{ cost: number; input: number }>();
    expect(log?.input).toBe(expected.inputTokens);

    const check = async () => {
      for (const bucket of ["hour", "day"]) {
        for (const groupBy of ["provider", "model", "key", "token", "user", "outcome"]) {
          const from = String(NOW_MS - 3 * DAY_MS);
          const report = await usage({ from, bucket, groupBy });
          answers.usageReport.parse(report);
          expect(report.totals).toMatchObject(expected);
          expect(report.totals.costUsd).toBeCloseTo(log?.cost ?? 0, 12);
          const rows = report.rows.reduce((total, row) => total + row.requests, 0);
          expect(rows).toBe(120);
        }
      }
    };
    await check();
    await compactUsage(db, newRowId("uf", NOW_MS), NOW_MS);
    await check();
    await compactUsage(db, newRowId("uf", NOW_MS), NOW_MS + HOUR_MS);
    await check();
  });

  test.each([11, 12, 13])(
    "ranges next to each other add up to the whole, seed %i",
    async (seed) => {
      await record(mixed());
      await compactUsage(db, newRowId("uf", NOW_MS), NOW_MS);
      let state = seed;
      const random = () => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
        return state / 0x7fffffff;
      };
      const firstMs = NOW_MS - 2 * DAY_MS + 12_345;
      // Some cuts fall between two requests that are milliseconds apart.
      const cuts = Array.from({ length: 4 }, () =>
        random() < 0.5
          ? Math.floor(firstMs + random() * (NOW_MS - firstMs))
          : NOW_MS - HOUR_MS - Math.floor(random() * 120),
      );
      const bounds = [firstMs, ...new Set(cuts), NOW_MS + 1].sort((a, b) => a - b);
      const events = mixed();
      for (const bucket of ["hour", "day"]) {
        for (const groupBy of ["provider", "token"]) {
          let sum = 0;
          for (const [index, from] of bounds.slice(0, -1).entries()) {
            const to = bounds[index + 1] ?? 0;
            const part = await usage({ from: String(from), to: String(to), bucket, groupBy });
            const within = events.filter(({ atMs }) => atMs >= from && atMs < to);
            expect(part.totals.requests, `${from} to ${to}`).toBe(within.length);
            sum += part.totals.inputTokens;
          }
          const whole = await usage({
            from: String(firstMs),
            to: String(NOW_MS + 1),
            bucket,
            groupBy,
          });
          expect(whole.totals.inputTokens).toBe(sum);
        }
      }
    },
  );

  test("days of a zone that differs by half an hour", async () => {
    await record(mixed());
    const day = (from: string, to: string) =>
      usage({ from: `${from}T00:00:00+05:30`, to: `${to}T00:00:00+05:30` });
    const [first, second, both] = await Promise.all([
      day("2026-11-19", "2026-11-20"),
      day("2026-11-20", "2026-11-21"),
      day("2026-11-19", "2026-11-21"),
    ]);
    expect([first, second, both].map(({ totals }) => totals.requests)).toEqual([40, 80, 120]);
    expect([...new Set(both.rows.map(({ bucket }) => new Date(bucket).toISOString()))]).toEqual([
      "2026-11-18T18:30:00.000Z",
      "2026-11-19T18:30:00.000Z",
    ]);
  });

  test("a part of an hour that isn't in the log is rejected, an empty range too", async () => {
    await record(mixed());
    await env.DB.prepare(
      "delete from request_log where id in (select id from request_log limit 1)",
    ).run();
    await env.DB.prepare("delete from request_log where at_ms >= ?")
      .bind(NOW_MS - 60)
      .run();
    const lastSecond = { from: String(NOW_MS - 50), to: String(NOW_MS) };
    await expect(usage(lastSecond)).rejects.toMatchObject({ code: "invalid_input" });
    // Any part of an hour without requests is empty.
    const quiet = { from: String(NOW_MS - 5 * HOUR_MS), to: String(NOW_MS - 4 * HOUR_MS) };
    expect((await usage(quiet)).totals.requests).toBe(0);
    for (const [from, to] of [
      ["2026-11-20", "2026-11-20"],
      ["2026-11-20", "2026-11-19"],
      ["2027-01-01", undefined],
    ]) {
      const range = { from: from ?? "", ...(to !== undefined && { to }) };
      await expect(usage(range)).rejects.toMatchObject({ code: "invalid_input" });
    }
  });

  test("a range up to now needs nothing of the log, however long reading it takes", async () => {
    await record(mixed());
    await env.DB.prepare("delete from request_log").run();
    let atMs = NOW_MS;
    const slow: ManageContext = { ...context, nowMs: () => (atMs += 20) };
    const { totals } = await readUsage(slow, parseInput(readUsageInput, { bucket: "hour" }));
    expect(totals.requests).toBe((await usage({ bucket: "hour" })).totals.requests);
  });

  test("by hour and day, and of what the filters mean", async () => {
    await record(mixed());
    const days = await usage({ groupBy: "outcome" });
    expect(days.rows.map(({ bucket, group, requests: count }) => [bucket, group, count])).toEqual([
      [Date.UTC(2026, 10, 19), "ok", 36],
      [Date.UTC(2026, 10, 19), "limited", 4],
      [Date.UTC(2026, 10, 20), "ok", 72],
      [Date.UTC(2026, 10, 20), "limited", 8],
    ]);
    const hours = await usage({ bucket: "hour", from: "2026-11-20T11:00:00Z", token: "at_1" });
    expect(hours.rows).toEqual([
      expect.objectContaining({
        bucket: Date.UTC(2026, 10, 20, 11),
        group: "openai",
        requests: 40,
      }),
    ]);
    const retried = await usage({ bucket: "hour", key: "pk_9", groupBy: "outcome" });
    expect(retried.totals).toMatchObject({ requests: 0, inputTokens: 0 });
    expect(retried.totals.attempts).toBeGreaterThan(0);
    expect(retried.rows.every(({ group }) => group === "limited")).toBe(true);
  });

  test.each<Record<string, string>>([
    { groupBy: "key", token: "at_1" },
    { groupBy: "token", key: "pk_1" },
    { groupBy: "model", key: "pk_1" },
    { bucket: "hour", from: "2020-01-01" },
    { groupBy: "shoe" },
    { from: "yesterday" },
  ])("%j is rejected", async (query) => {
    await expect(async () => usage(query)).rejects.toMatchObject({ code: "invalid_input" });
  });
});

describe("usage by a tag", () => {
  const events = () => [
    requestAt(NOW_MS, { tags: { customer: "acme", feature: "rag" }, userId: "us_1" }),
    requestAt(NOW_MS - HOUR_MS, { tags: { customer: "acme" }, model: "gpt-5" }),
    requestAt(NOW_MS - HOUR_MS, { tags: { customer: "globex" } }),
    requestAt(NOW_MS),
    requestAt(NOW_MS, { tags: { feature: "rag" }, outcome: "limited", usage: null }),
  ];
  const counts = async (query: Record<string, string>) => {
    const { rows, totals } = await usage(query);
    return [
      Object.fromEntries(rows.map(({ group, requests: made }) => [group, made])),
      totals.requests,
    ];
  };

  test.each<[Record<string, string>, Record<string, number>]>([
    [{ groupBy: "tag:customer" }, { acme: 2, globex: 1, "": 2 }],
    [
      { groupBy: "tag:feature", outcome: "ok" },
      { rag: 1, "": 3 },
    ],
    [{ groupBy: "tag:customer", user: "us_1" }, { acme: 1 }],
    [{ groupBy: "tag:nothing" }, { "": 5 }],
    [
      { groupBy: "model", tags: "customer=acme" },
      { "gpt-5-mini": 1, "gpt-5": 1 },
    ],
    [
      { groupBy: "user", tags: "customer=acme" },
      { us_1: 1, "": 1 },
    ],
    [{ groupBy: "tag:customer", tags: "customer=acme" }, { acme: 2 }],
  ])("%j", async (query, groups) => {
    await record(events(), ["customer", "feature"]);
    const total = Object.values(groups).reduce((sum, made) => sum + made, 0);
    for (const atMs of [NOW_MS, NOW_MS + 2 * HOUR_MS]) {
      expect(await counts(query)).toEqual([groups, total]);
      await compactUsage(db, newRowId("uf", atMs), atMs);
    }
  });

  test.each<Record<string, string>>([
    { groupBy: "tag:" },
    { groupBy: "tag:two words" },
    { groupBy: "tag:customer", token: "at_1" },
    { groupBy: "tag:customer", key: "pk_1" },
    { groupBy: "tag:customer", tags: "feature=rag" },
    { groupBy: "token", tags: "customer=acme" },
    { groupBy: "model", tags: "customer=acme,feature=rag" },
    { groupBy: "model", tags: "customer" },
    { groupBy: "tag:customer", bucket: "hour", from: new Date(NOW_MS - HOUR_MS / 3).toISOString() },
  ])("%j is rejected", async (query) => {
    await expect(async () => usage(query)).rejects.toMatchObject({ code: "invalid_input" });
  });
});

describe("the request log", () => {
  test("newest first, page by page", async () => {
    await record(mixed());
    const first = await requests({ limit: "70" });
    answers.requestPage.parse(first);
    const second = await requests({ limit: "70", cursor: first.nextCursor ?? "" });
    expect(second.nextCursor).toBeNull();
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    expect(ids).toHaveLength(120);
    expect(ids).toEqual([...ids].sort().reverse());
    expect(first.items[0]?.at).toBe(NOW_MS);
    const newer = await requests({ after: ids[3] ?? "" });
    expect(newer.items.map(({ id }) => id)).toEqual(ids.slice(0, 3));
  });

  test.each<[Record<string, string>, number]>([
    [{ model: "gpt-5" }, 60],
    [{ token: "at_1" }, 40],
    [{ user: "us_1" }, 40],
    [{ key: "pk_3" }, 24],
    [{ outcome: "limited", status: "429" }, 12],
    [{ retried: "true" }, 12],
    [{ retried: "false", outcome: "ok" }, 96],
    [{ minDurationMs: "1000" }, 20],
    [{ from: new Date(NOW_MS - HOUR_MS / 2).toISOString() }, 40],
    [{ to: String(NOW_MS - HOUR_MS * 2) }, 40],
    [{ provider: "groq" }, 0],
  ])("%j", async (filter, count) => {
    await record(mixed());
    expect((await requests({ ...filter, limit: "500" })).items).toHaveLength(count);
  });

  test.each<[string, number]>([
    ["customer=acme", 2],
    ["customer=acme,feature=rag", 1],
    ["customer", 3],
    ["feature", 1],
    ["customer=Acme", 0],
    ["customer=a%2Cb%25", 1],
    ["constructor", 0],
  ])("with the tags %s", async (tags, count) => {
    await record([
      requestAt(NOW_MS, { tags: { customer: "acme", feature: "rag" } }),
      requestAt(NOW_MS, { tags: { customer: "acme" } }),
      requestAt(NOW_MS, { tags: { customer: "a,b%" } }),
      requestAt(NOW_MS),
    ]);
    const page = await requests({ tags });
    answers.requestPage.parse(page);
    expect(page.items).toHaveLength(count);
    await expect(async () => requests({ tags: "a b" })).rejects.toMatchObject({
      code: "invalid_input",
    });
  });

  test("tags are a column of the file, as the header has them", async () => {
    const tags = { customer: "a,b%", city: "北京" };
    await record([requestAt(NOW_MS, { tags }), requestAt(NOW_MS)]);
    let csv = "";
    for await (const piece of exportRequests(context, {}, "csv")) csv += piece;
    const [head = [], ...rows] = Papa.parse<string[]>(csv.trim()).data;
    const written = rows.map((row) => row[head.indexOf("tags")]);
    expect(written.toSorted()).toEqual(["", formatTags(tags)]);
    expect(parseTags(formatTags(tags))).toEqual({ tags });
  });

  test("a request's story has its keys masked, and none that were deleted", async () => {
    const keyId = await storeKey("sk-test-a-key-of-a-test-0001");
    const event = requestAt(NOW_MS, {
      attempts: [attemptBy("pk_gone", "key_invalid"), attemptBy(keyId)],
    });
    await record([event]);
    const story = await findRequest(context, event.id);
    answers.requestStory.parse(story);
    expect(story.attempts.map((attempt) => [attempt.meaning, attempt.maskedKey])).toEqual([
      ["key_invalid", null],
      ["ok", expect.stringContaining("…")],
    ]);
    expect(JSON.stringify(story)).not.toContain("a-key-of-a-test");
    await expect(findRequest(context, "req_none")).rejects.toMatchObject({ code: "not_found" });
  });

  test("members see their own requests, whatever they ask for; the others everybody's", async () => {
    await record(mixed());
    const own = { id: "us_1", role: "member" } as const;
    const asked = parseInput(listRequestsInput, { user: "us_2", limit: "500" });
    const { items } = await browseRequests(context, own, asked);
    expect(items).toHaveLength(40);
    expect(items.every(({ userId }) => userId === "us_1")).toBe(true);
    let text = "";
    for await (const piece of exportBrowsedRequests(context, own, {}, "json")) text += piece;
    expect(JSON.parse(text)).toHaveLength(40);

    const everything = parseInput(listRequestsInput, { limit: "500" });
    for (const role of ["viewer", "admin"] as const) {
      const page = await browseRequests(context, { id: "us_2", role }, everything);
      expect(page.items).toHaveLength(120);
    }
    const others = (await requests({ limit: "500" })).items.find(({ userId }) => userId === null);
    const [mine] = items;
    expect((await readRequestStory(context, own, mine?.id ?? "")).id).toBe(mine?.id);
    await expect(readRequestStory(context, own, others?.id ?? "")).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("several values of a field, all but some, and what is searched: an id, a status, an error's words", async () => {
    const words = "Model overloaded, try again";
    const events = mixed().map((event, index) =>
      index % 10 === 0
        ? {
            ...event,
            errorCode: index === 0 ? "pool_exhausted" : null,
            attempts: event.attempts.map((attempt, at) => ({
              ...attempt,
              words: at === 0 ? words : null,
            })),
          }
        : event,
    );
    await record(events);
    const found = async (filter: Partial<ListRequestsInput>) => {
      const input = { ...parseInput(listRequestsInput, { limit: "500" }), ...filter };
      return (await listRequests(context, input)).items;
    };
    const tokens = { values: ["at_0", "at_2"], isNot: false };
    expect(await found({ lists: { token: tokens } })).toHaveLength(80);
    const others = await found({ lists: { token: { ...tokens, isNot: true } } });
    expect(new Set(others.map(({ tokenId }) => tokenId))).toEqual(new Set(["at_1"]));
    expect(others).toHaveLength(40);
    // A request without a member isn't one of the member's.
    const notOne = { values: ["us_1"], isNot: true };
    expect(await found({ lists: { user: notOne } })).toHaveLength(80);
    const limited = { status: { values: ["429", "500"], isNot: false } };
    expect(await found({ lists: limited })).toHaveLength(12);
    const both = {
      outcome: { values: ["limited"], isNot: true },
      model: { values: ["gpt-5"], isNot: false },
    };
    expect(await found({ lists: both })).toHaveLength(48);

    expect(await found({ q: "429" })).toHaveLength(12);
    expect(await found({ q: "OVERLOADED, try" })).toHaveLength(12);
    expect(await found({ q: "pool_exh" })).toHaveLength(1);
    // Not what only the JSON around the words contains.
    expect(await found({ q: "keyId" })).toHaveLength(0);
    const [first] = await found({});
    expect(await found({ q: first?.id ?? "" })).toMatchObject([{ id: first?.id }]);
    expect(await found({ q: first?.id.slice(0, -1) ?? "" })).not.toHaveLength(120);
  });

  test("as a file: every row once, and nothing a spreadsheet would run", async () => {
    await record([...mixed(), requestAt(NOW_MS, { model: '=cmd|"x"' })]);
    const read = async (format: "csv" | "json") => {
      let text = "";
      for await (const piece of exportRequests(context, {}, format)) text += piece;
      return text;
    };
    const csv = (await read("csv")).trim().split("\r\n");
    expect(csv).toHaveLength(122);
    expect(csv[0]).toMatch(/^id,at,provider,model,/);
    expect(csv.join()).toContain(`,"'=cmd|""x""",`);
    expect(JSON.parse(await read("json"))).toHaveLength(121);
  });

  test("as a file, with the names of tokens, members and keys, of which each is looked up once", async () => {
    const keyId = await storeKey("sk-test-named-0001");
    const tokenId = await storeToken("ob-named", { name: "app, of Mary" });
    await record([
      ...Array.from({ length: 3 }, () =>
        requestAt(NOW_MS, { tokenId, attempts: [attemptBy(keyId)] }),
      ),
      requestAt(NOW_MS, { tokenId: "at_gone" }),
    ]);
    let csv = "";
    for await (const piece of exportRequests(context, {}, "csv")) csv += piece;
    const rows = Papa.parse<Record<string, string>>(csv.trim(), { header: true }).data;
    const named = rows.filter((row) => row.tokenId === tokenId);
    expect(named).toHaveLength(3);
    for (const row of named) {
      expect(row).toMatchObject({ tokenName: "app, of Mary", userName: "" });
      expect(row.maskedKey).toMatch(/…/);
    }
    expect(rows.find((row) => row.tokenId === "at_gone")).toMatchObject({ tokenName: "" });
  });

  test("an export of nothing is still a file", async () => {
    const pieces: string[] = [];
    for await (const piece of exportRequests(context, {}, "json")) pieces.push(piece);
    expect(JSON.parse(pieces.join(""))).toEqual([]);
  });
});

test("a request's story tells how its cost came about", async () => {
  const base = usageOf(1_000, 100);
  await record([
    requestAt(NOW_MS - 3, {
      id: "req_reported",
      usage: { ...base, reportedNanoUsd: 12_300_000 },
    }),
    requestAt(NOW_MS - 2, {
      id: "req_list",
      model: "my-alias",
      usage: { ...base, model: "gpt-5-2025-08-07", tier: "flex", tools: { webSearch: 2 } },
    }),
    requestAt(NOW_MS - 1, { id: "req_unknown", model: "nobody-knows", usage: base }),
  ]);
  const told = async (id: string) => {
    const story = await findRequest(context, id);
    answers.requestStory.parse(story);
    return [story.costUsd, story.costBasis];
  };
  expect(await told("req_reported")).toEqual([0.0123, { source: "reported" }]);
  expect(await told("req_list")).toEqual([
    (1_000 * 1.25 + 100 * 10) / 2e6 + 0.02,
    {
      source: "list",
      model: "gpt-5-2025-08-07",
      tier: "flex",
      factor: 0.5,
      tools: { webSearch: 2 },
      toolsUsd: 0.02,
    },
  ]);
  expect(await told("req_unknown")).toEqual([null, null]);
});

test("metrics: counters of the day, buckets that add up, and the pool", async () => {
  await storeKey("sk-test-a-key-of-a-test-0001");
  await record([
    requestAt(NOW_MS, { durationMs: 90 }),
    requestAt(NOW_MS, { durationMs: 2_000, model: 'say "hi"\n' }),
    requestAt(NOW_MS - DAY_MS),
  ]);
  const figures = {
    ...NOTHING_WAITS,
    queued: { openai: 3 },
    leases: { by: "object", held: 2 },
    traces: { sent: 5, dropped: 1, waiting: 0 },
  } as const;
  await db.insert(incidents).values([
    { ...INCIDENT, id: "in_1" },
    { ...INCIDENT, id: "in_2", closedAtMs: NOW_MS },
    { ...INCIDENT, id: "in_3", provider: "groq", lastSeenMs: NOW_MS - DAY_MS },
  ]);
  const lines = (await readMetrics(context, figures)).split("\n");
  expect(lines.filter((line) => line.startsWith("one_balance_incidents"))).toEqual([
    'one_balance_incidents{provider="openai"} 1',
  ]);
  expect(lines).toEqual(
    expect.arrayContaining([
      'one_balance_requests_total{provider="openai",outcome="ok"} 2',
      'one_balance_tokens_total{provider="openai",model="gpt-5-mini",kind="input"} 100',
      'one_balance_tokens_total{provider="openai",model="say \\"hi\\"\\n",kind="output"} 10',
      'one_balance_cost_usd_total{provider="openai",model="gpt-5-mini"} 0.000045',
      'one_balance_request_duration_seconds_bucket{provider="openai",le="0.05"} 0',
      'one_balance_request_duration_seconds_bucket{provider="openai",le="0.1"} 1',
      'one_balance_request_duration_seconds_bucket{provider="openai",le="+Inf"} 2',
      'one_balance_request_duration_seconds_sum{provider="openai"} 2.09',
      'one_balance_request_duration_seconds_count{provider="openai"} 2',
      'one_balance_provider_keys{provider="openai",state="ready"} 1',
      "one_balance_lost_records_total 0",
      'one_balance_waiting_requests{provider="openai"} 3',
      'one_balance_leases{granted_by="object"} 2',
      'one_balance_traces{state="sent"} 5',
      'one_balance_traces{state="dropped"} 1',
    ]),
  );
  for (const line of lines) expect(line).toMatch(/^(?:#.*|[a-z_]+(?:\{.*\})? [\d.e-]+|)$/);
});
