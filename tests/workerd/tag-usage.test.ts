/** Usage by the values of tags: nothing is lost or counted twice, and callers can't make it grow. */
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { newRowId } from "../../lib/db/new-row-id";
import { compactUsage } from "../../lib/db/usage/compact-usage";
import { pruneUsage } from "../../lib/db/usage/prune-usage";
import { sumCells } from "../../lib/db/usage/read-usage-cells";
import type { Grain } from "../../lib/db/usage/usage-cells";
import { writeUsage } from "../../lib/db/usage/write-usage";
import type { RequestEvent } from "../../lib/usage/request-event";
import { Cells, DAY_MS, HOUR_MS, MAX_TAG_VALUES } from "../../lib/usage/rollup";
import { db, emptyUsage } from "./test-store";
import { requestAt } from "./usage-events";

const ROLLED_UP = ["customer", "feature"];
const START_MS = Date.UTC(2026, 10, 29, 21);

beforeEach(emptyUsage);

/** A flush of one isolate. */
async function flush(
  atMs: number,
  events: readonly RequestEvent[],
  rolledUp: readonly string[] = ROLLED_UP,
): Promise<number> {
  const cells = new Cells(rolledUp);
  for (const event of events) cells.add(event, 1_000);
  const { rowsWritten } = await writeUsage(db, {
    id: newRowId("uf", atMs),
    atMs,
    cells: cells.toStored(),
    logRows: [],
    spends: [],
    rowsWritten: 0,
    dropped: 0,
    unlogged: 0,
  });
  return rowsWritten;
}

const compact = (atMs: number) => compactUsage(db, newRowId("uf", atMs), atMs);

const count = async (table: string) =>
  (await env.DB.prepare(`select count(*) as rows from ${table}`).first<{ rows: number }>())?.rows;

/** Requests by day and value. */
async function requestsBy(tag: string, grain: Grain): Promise<Readonly<Record<string, number>>> {
  const [rows = []] = await sumCells(db, [
    {
      ...({ side: "tag", tag, grain, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER } as const),
      by: ["bucketMs", "subjectId"],
    },
  ]);
  const sums: Record<string, number> = {};
  for (const { bucketMs, subjectId, values } of rows) {
    const name = `${Math.floor(bucketMs / DAY_MS)} ${subjectId}`;
    sums[name] = (sums[name] ?? 0) + values.requests;
  }
  return sums;
}

const sorted = (sums: Readonly<Record<string, number>>) => Object.entries(sums).sort();
const total = (sums: Readonly<Record<string, number>>) =>
  Object.values(sums).reduce((sum, value) => sum + value, 0);

test("each chosen tag of a request is counted by value, with what it took and cost", async () => {
  const tags = { customer: "acme", feature: "rag", other: "not counted" };
  await flush(START_MS, [
    requestAt(START_MS, { tags, userId: "us_1" }),
    requestAt(START_MS, { tags: { customer: "globex" }, outcome: "limited" }),
    requestAt(START_MS),
  ]);
  const read = async (tag: string) => {
    const range = { grain: "day", fromMs: 0, toMs: Number.MAX_SAFE_INTEGER } as const;
    const [rows = []] = await sumCells(db, [
      { side: "tag", tag, ...range, by: ["subjectId", "model", "userId", "outcome"] },
    ]);
    return rows.map(({ subjectId, model, userId, outcome, values }) => [
      ...[subjectId, model, userId, outcome],
      ...[values.requests, values.attempts, values.inputTokens, values.costNanoUsd],
    ]);
  };
  for (const atMs of [START_MS, START_MS + HOUR_MS, START_MS + 2 * HOUR_MS]) {
    const customers = await read("customer");
    expect(customers).toContainEqual(["acme", "gpt-5-mini", "us_1", "ok", 1, 1, 100, 1_000]);
    expect(customers).toContainEqual(["globex", "gpt-5-mini", "", "limited", 1, 1, 100, 1_000]);
    expect(customers).toHaveLength(2);
    expect(await read("feature")).toEqual([["rag", "gpt-5-mini", "us_1", "ok", 1, 1, 100, 1_000]]);
    expect(await read("other")).toEqual([]);
    await compact(atMs);
  }
});

describe("values beyond the bound count together", () => {
  const value = fc.oneof(
    { weight: 3, arbitrary: fc.nat({ max: 40 }).map((index) => `known-${index}`) },
    { weight: 2, arbitrary: fc.nat({ max: 5_000 }).map((index) => `value-${index}`) },
    { weight: 1, arbitrary: fc.constantFrom("other", "a=b", "x'y\"z", "%", "北京") },
  );
  /** A flush of an isolate, or a compaction, some time after the last step. */
  const step = fc.record({
    afterMs: fc.constantFrom(1_000, 60_000, HOUR_MS / 2, HOUR_MS),
    values: fc.array(value, { maxLength: 150 }),
    /** Of its events. */
    lateMs: fc.constantFrom(0, HOUR_MS),
    compacts: fc.boolean(),
  });

  test("whatever isolates send, and whenever it is compacted", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        await emptyUsage();
        let nowMs = START_MS;
        let sent = 0;
        let named = new Set<string>();
        for (const { afterMs, values, lateMs, compacts } of steps) {
          nowMs += afterMs;
          const events = values.map((customer) =>
            requestAt(nowMs - lateMs, { tags: { customer } }),
          );
          await flush(nowMs, events);
          sent += events.length;
          const before = await requestsBy("customer", "hour");
          if (compacts) await compact(nowMs);
          const byHour = await requestsBy("customer", "hour");
          // Compaction and readers tell the same values apart.
          expect(sorted(byHour)).toEqual(sorted(before));
          expect(sorted(await requestsBy("customer", "day"))).toEqual(sorted(byHour));
          expect(total(byHour)).toBe(sent);
          const names = Object.keys(byHour).filter((name) => !name.endsWith(" other"));
          for (const day of new Set(names.map((name) => name.split(" ")[0]))) {
            const ofDay = names.filter((name) => name.startsWith(`${day} `));
            expect(ofDay.length).toBeLessThanOrEqual(MAX_TAG_VALUES);
          }
          if (!compacts) continue;
          // What was told apart once stays so.
          expect([...named].filter((name) => !names.includes(name))).toEqual([]);
          named = new Set(names);
        }
      }),
      { numRuns: 25 },
    );
  });

  test("a day of new values is a few rows", async () => {
    let rows = 0;
    for (let minute = 0; minute < 60; minute += 1) {
      const atMs = START_MS + minute * 60_000;
      const events = Array.from({ length: 100 }, (_, index) =>
        requestAt(atMs, { tags: { customer: `c-${minute}-${index}`, feature: `f-${index}` } }),
      );
      await flush(atMs, events);
      if (minute % 20 === 19) rows += await compact(atMs);
    }
    rows += await compact(START_MS + HOUR_MS + 120_000);
    expect(await count("usage_tags")).toBe(4);
    expect(await count("usage_tag_values")).toBe(2);
    expect(await count("usage_open_hours")).toBe(0);
    expect(Object.keys(await requestsBy("customer", "day"))).toHaveLength(MAX_TAG_VALUES + 1);
    // Both sides' own, and six of each tag: compaction writes no row for a value.
    expect(rows).toBeLessThan(120);
  });
});

test("a value with a budget is told apart, however many came before it", async () => {
  const limits = [{ name: "customer", value: "late=r", dailyRequests: 1 }];
  await db.run(sql`
    insert or replace into settings (name, value, updated_at_ms, version)
    values ('tags', ${JSON.stringify({ rollUp: ["customer"], limits })}, 0, 0)`);
  const customers = Array.from({ length: MAX_TAG_VALUES + 50 }, (_, index) => `early-${index}`);
  const eventOf = (customer: string) => requestAt(START_MS, { tags: { customer } });
  await flush(START_MS, customers.map(eventOf));
  await compact(START_MS);
  await flush(START_MS + 1_000, [eventOf("late=r"), eventOf("later")]);
  const kept = new Cells(["customer"], new Set(["customer=late=r"]));
  for (const event of [...customers, "late=r"].map(eventOf)) kept.add(event, 0);
  expect(kept.toStored().some((cell) => cell[4] === "customer=late=r")).toBe(true);
  const day = Math.floor(START_MS / DAY_MS);
  for (const compacts of [false, true, true]) {
    if (compacts) await compact(START_MS + 2 * HOUR_MS);
    for (const grain of ["hour", "day"] as const) {
      const sums = await requestsBy("customer", grain);
      expect(sums[`${day} late=r`]).toBe(1);
      expect(sums[`${day} later`]).toBeUndefined();
      expect(total(sums)).toBe(MAX_TAG_VALUES + 52);
    }
  }
  await db.run(sql`delete from settings`);
});

test("requests without chosen tags write the rows that they did", async () => {
  const rowsWith = async (rolledUp: readonly string[], tags: RequestEvent["tags"]) => {
    await emptyUsage();
    let rows = 0;
    for (let minute = 0; minute < 60; minute += 1) {
      const atMs = START_MS + minute * 60_000;
      const event = requestAt(atMs, tags === undefined ? {} : { tags });
      rows += await flush(atMs, [event], rolledUp);
      if (minute % 20 === 19) rows += await compact(atMs);
    }
    return rows + (await compact(START_MS + HOUR_MS + 120_000));
  };
  const without = await rowsWith([], undefined);
  expect(await rowsWith(["customer"], undefined)).toBe(without);
  expect(await rowsWith([], { customer: "acme" })).toBe(without);
  expect(await rowsWith(["customer"], { customer: "acme" })).toBeLessThan(without + 20);
});

test("what is older than wanted goes", async () => {
  for (const atMs of [START_MS, START_MS + 30 * DAY_MS]) {
    await flush(atMs, [requestAt(atMs, { tags: { customer: "acme" } })]);
    await compact(atMs + 2 * HOUR_MS);
  }
  expect(await count("usage_tags")).toBe(4);
  const retention = {
    ...{ requestLogDays: 1, hourlyDays: 10, dailyDays: 40, keyEventDays: 1, auditDays: 1 },
  };
  await pruneUsage(db, retention, START_MS + 31 * DAY_MS);
  expect(await count("usage_tags")).toBe(3);
  expect(await count("usage_tag_values")).toBe(1);
});
