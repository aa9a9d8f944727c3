import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { newRowId } from "../../lib/db/new-row-id";
import { openDatabase } from "../../lib/db/open-database";
import { DEFAULT_SETTINGS } from "../../lib/db/team/settings";
import { compactUsage } from "../../lib/db/usage/compact-usage";
import { readMeteringDay } from "../../lib/db/usage/metering-day";
import { pruneUsage } from "../../lib/db/usage/prune-usage";
import { sumCells } from "../../lib/db/usage/read-usage-cells";
import type { Grain } from "../../lib/db/usage/usage-cells";
import { type RecordingSettings, UsageRecorder } from "../../lib/db/usage/usage-recorder";
import { writeUsage } from "../../lib/db/usage/write-usage";
import type { RequestEvent } from "../../lib/usage/request-event";
import {
  Cells,
  DAY_MS,
  HOUR_MS,
  LATER_MEASURES,
  type Measure,
  type Side,
  type StoredCell,
} from "../../lib/usage/rollup";
import { db, emptyUsage } from "./test-store";
import { type UnreliableD1, unreliable } from "./unreliable-d1";
import { attemptBy, requestAt, usageOf } from "./usage-events";

/** Half past twelve, so that the hour doesn't end during a test. */
const START_MS = Date.UTC(2026, 10, 20, 12, 30);
const SETTINGS: RecordingSettings = { ...DEFAULT_SETTINGS, metering: { dailyRowBudget: 0 } };

const logging = (requests: RecordingSettings["logging"]["requests"]) => ({
  logging: { requests, errorWords: true },
});

let nowMs = START_MS;
let logged: MockInstance;

beforeEach(async () => {
  nowMs = START_MS;
  logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
  await emptyUsage();
});

afterEach(() => logged.mockRestore());

function startRecorder(settings: Partial<RecordingSettings> = {}) {
  const store: UnreliableD1 = unreliable(env.DB);
  const wanted = { ...SETTINGS, ...settings };
  const recorder = new UsageRecorder({
    db: openDatabase(store.d1),
    nowMs: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
    random: () => 0.5,
    settings: () => wanted,
  });
  return { recorder, store };
}

const add = (recorder: UsageRecorder, events: readonly RequestEvent[]) => {
  for (const event of events) recorder.add(event);
};

interface Totals {
  requests: number;
  attempts: number;
  input: number;
  output: number;
  cost: number;
}

async function totals(side: Side, grain: Grain = "hour"): Promise<Totals> {
  const [rows = []] = await sumCells(db, [
    { side, grain, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, by: ["outcome"] },
  ]);
  const sum = (measure: Measure) => rows.reduce((total, row) => total + row.values[measure], 0);
  return {
    requests: sum("requests"),
    attempts: sum("attempts"),
    input: sum("inputTokens"),
    output: sum("outputTokens"),
    cost: sum("costNanoUsd"),
  };
}

const count = async (table: string) =>
  (await env.DB.prepare(`select count(*) as rows from ${table}`).first<{ rows: number }>())?.rows;

/** 250 dollars-per-billion input, 2000 output: 100 and 10 tokens. */
const COST_EACH = 100 * 250 + 10 * 2_000;

const expectedTotals = (requests: number, attempts = requests): Totals => ({
  requests,
  attempts,
  input: requests * 100,
  output: requests * 10,
  cost: requests * COST_EACH,
});

async function expectTotals(requests: number, attempts = requests): Promise<void> {
  for (const side of ["caller", "key"] as const) {
    for (const grain of ["hour", "day"] as const) {
      expect(await totals(side, grain)).toEqual(expectedTotals(requests, attempts));
    }
  }
}

describe("a flush", () => {
  test("has every request in the log, and counted on both sides", async () => {
    const { recorder } = startRecorder();
    add(recorder, [
      requestAt(START_MS),
      requestAt(START_MS, {
        attempts: [attemptBy("pk_1", "rate_limit_minute"), attemptBy("pk_2")],
      }),
      requestAt(START_MS, { tokenId: "at_2", userId: "us_1" }),
    ]);
    await recorder.flush();

    expect(recorder.isDue()).toBe(false);
    expect(await count("request_log")).toBe(3);
    expect(await count("usage_journal")).toBe(1);
    await expectTotals(3, 4);
    const rows = await env.DB.prepare(
      "select key_id, attempt_count, cost_nano_usd, attempts ->> '$[0].meaning' as first from request_log order by attempt_count desc limit 1",
    ).all();
    expect(rows.results).toEqual([
      { key_id: "pk_2", attempt_count: 2, cost_nano_usd: COST_EACH, first: "rate_limit_minute" },
    ]);
  });

  test("rejected requests have no key, no model and no tokens", async () => {
    const { recorder } = startRecorder();
    const refused = { provider: null, model: null, tokenId: null, usage: null, attempts: [] };
    add(recorder, [requestAt(START_MS, { ...refused, outcome: "denied", status: 401 })]);
    await recorder.flush();
    expect(await totals("caller")).toEqual({
      requests: 1,
      attempts: 0,
      input: 0,
      output: 0,
      cost: 0,
    });
    expect(await totals("key")).toEqual({ requests: 1, attempts: 0, input: 0, output: 0, cost: 0 });
  });

  test("tokens without a known price are counted apart, never as free", async () => {
    const { recorder } = startRecorder();
    add(recorder, [requestAt(START_MS, { model: "no-such-model" }), requestAt(START_MS)]);
    await recorder.flush();
    const row = await env.DB.prepare(
      "select cost_nano_usd from request_log where model = 'no-such-model'",
    ).first();
    expect(row).toEqual({ cost_nano_usd: null });
    const range = { side: "caller", grain: "hour", fromMs: 0, toMs: START_MS } as const;
    const [sums = []] = await sumCells(db, [{ ...range, by: ["model"] }]);
    const unpriced = sums.map(({ model, values }) => [model, values.unpriced]);
    expect(unpriced.sort()).toEqual([
      ["gpt-5-mini", 0],
      ["no-such-model", 1],
    ]);
  });
});

test("more than one flush holds is written at once, so that a crash loses the events of one gap", async () => {
  const { recorder } = startRecorder();
  add(recorder, [requestAt(START_MS)]);
  await recorder.flush();
  nowMs += 1_000;
  add(
    recorder,
    Array.from({ length: 1_200 }, () => requestAt(nowMs)),
  );
  const beforeMs = nowMs;
  await recorder.flush();
  expect(await count("request_log")).toBe(1_201);
  expect(nowMs).toBe(beforeMs);
});

describe("an unreliable store", () => {
  test("down for a while: nothing is lost", async () => {
    const { recorder, store } = startRecorder();
    store.mode = "down";
    for (let round = 0; round < 20; round += 1) {
      add(recorder, [requestAt(START_MS), requestAt(START_MS)]);
      await recorder.flush();
    }
    expect(await count("request_log")).toBe(0);
    store.mode = "up";
    nowMs += 60_000;
    await recorder.flush();
    expect(await count("request_log")).toBe(40);
    await expectTotals(40);
  });

  test("every flush's answer lost once: nothing is counted twice, compacted meanwhile or not", async () => {
    const { recorder, store } = startRecorder();
    for (let round = 0; round < 6; round += 1) {
      add(recorder, [requestAt(START_MS), requestAt(START_MS)]);
      store.mode = "answers-lost";
      await recorder.flush();
      expect(recorder.isDue()).toBe(true);
      expect(await count("request_log")).toBe(2 * (round + 1));
      if (round % 2 === 1) await compactUsage(db, newRowId("uf", nowMs), nowMs);
      store.mode = "up";
      nowMs += 60_000;
      await recorder.flush();
    }
    expect(recorder.isDue()).toBe(false);
    await expectTotals(12);
    expect(await count("request_log")).toBe(12);
  });

  test("a flush whose answer never comes is repeated by the next request's runner", async () => {
    const { recorder, store } = startRecorder();
    add(recorder, [requestAt(START_MS)]);
    store.mode = "hanging";
    void recorder.flush();
    await vi.waitFor(() => expect(store.calls).toBe(1), { timeout: 20_000 });
    store.mode = "up";
    nowMs += 10_000;
    add(recorder, [requestAt(START_MS)]);
    expect(recorder.isDue()).toBe(true);
    await recorder.flush();
    await expectTotals(2);
  });

  test("more than can be kept: first without log rows, then reported as lost", async () => {
    const { recorder, store } = startRecorder();
    add(recorder, [requestAt(START_MS)]);
    await recorder.flush();
    store.mode = "down";
    const keys = 7_000;
    for (let index = 0; index < 20_000 + keys; index += 1) {
      const attempts = index < 20_000 ? undefined : [attemptBy(`pk_${index}`)];
      recorder.add(requestAt(START_MS, attempts && { attempts }));
    }
    store.mode = "up";
    nowMs += 60_000;
    while (recorder.isDue()) await recorder.flush();
    const { requests } = await totals("caller");
    const told = await env.DB.prepare(
      `select sum(dropped) as dropped, sum(unlogged) as unlogged
       from (select dropped, unlogged from usage_journal union all select dropped, unlogged from usage_days)`,
    ).first<{ dropped: number; unlogged: number }>();
    expect(await count("request_log")).toBe(20_001);
    expect(told?.unlogged).toBeGreaterThan(1_000);
    expect(requests).toBe(20_001 + (told?.unlogged ?? 0));
    expect(requests + (told?.dropped ?? 0)).toBe(20_001 + keys);
  });
});

describe("compaction", () => {
  const flushAt = (id: string, atMs: number, events: readonly RequestEvent[]) => {
    const cells = new Cells();
    for (const event of events) cells.add(event, COST_EACH);
    const told = { rowsWritten: 5, dropped: 1, unlogged: 2 };
    return { id, atMs, cells: cells.toStored(), logRows: [], spends: [], ...told };
  };

  test("moves hours that are over into the rollups, and keeps the open one as a row a side", async () => {
    const earlier = START_MS - HOUR_MS;
    for (const atMs of [earlier, earlier + 1, START_MS, START_MS + 1]) {
      await writeUsage(db, flushAt(newRowId("uf", atMs), atMs, [requestAt(atMs), requestAt(atMs)]));
    }
    await compactUsage(db, newRowId("uf", nowMs), START_MS);
    expect(await count("usage_journal")).toBe(0);
    expect(await count("usage_open_hours")).toBe(2);
    expect(await count("usage_hourly")).toBe(1);
    expect(await count("usage_key_hours")).toBe(1);
    expect(await count("usage_daily")).toBe(2);
    await expectTotals(8);

    await compactUsage(db, newRowId("uf", nowMs), START_MS + HOUR_MS);
    expect(await count("usage_open_hours")).toBe(0);
    expect(await count("usage_hourly")).toBe(2);
    expect(await count("usage_key_hours")).toBe(2);
    expect(await count("usage_daily")).toBe(2);
    await expectTotals(8);
    const days = await env.DB.prepare("select * from usage_days").all();
    expect(days.results).toEqual([
      { day_ms: START_MS - (START_MS % DAY_MS), rows_written: 20, dropped: 4, unlogged: 8 },
    ]);
  });

  test("a flush that arrives again after it was compacted does not count again, even a day later", async () => {
    const flush = flushAt(newRowId("uf", START_MS), START_MS, [requestAt(START_MS)]);
    await writeUsage(db, flush);
    await compactUsage(db, newRowId("uf", START_MS + 1), START_MS + 1);
    await compactUsage(db, newRowId("uf", START_MS + 2), START_MS + HOUR_MS * 2);
    await pruneUsage(db, SETTINGS.retention, START_MS + DAY_MS);
    await writeUsage(db, flush);
    await expectTotals(1);
  });

  test("an empty journal leaves nothing behind", async () => {
    await compactUsage(db, newRowId("uf", nowMs), nowMs);
    expect(await count("usage_folds")).toBe(0);
    expect(await count("usage_journal")).toBe(0);
  });

  test("a compaction whose answer is lost, or whose id was taken, counts nothing twice and loses nothing", async () => {
    const [first, second] = [newRowId("uf", START_MS), newRowId("uf", START_MS + 1)];
    await writeUsage(db, flushAt(newRowId("uf", START_MS), START_MS, [requestAt(START_MS)]));
    const batch = vi.spyOn(env.DB, "batch").mockImplementationOnce(async (statements) => {
      await env.DB.batch(statements);
      throw new Error("connection lost");
    });
    await expect(compactUsage(db, first, START_MS)).rejects.toThrow("connection lost");
    batch.mockRestore();
    await writeUsage(db, flushAt(newRowId("uf", START_MS), START_MS, [requestAt(START_MS)]));
    await expect(compactUsage(db, first, START_MS + HOUR_MS * 2)).rejects.toThrow();
    await expectTotals(2);
    await compactUsage(db, second, START_MS + HOUR_MS * 2);
    await expectTotals(2);
  });

  test("two at once do no harm", async () => {
    for (let flush = 0; flush < 4; flush += 1) {
      const atMs = START_MS - flush * HOUR_MS;
      await writeUsage(db, flushAt(newRowId("uf", atMs), atMs, [requestAt(atMs)]));
    }
    const ids = [newRowId("uf", nowMs), newRowId("uf", nowMs)];
    await Promise.all(ids.map((id) => compactUsage(db, id, START_MS)));
    await expectTotals(4);
  });

  test("cells that come after their hour was folded are added to it", async () => {
    for (const model of ["gpt-5-mini", "gpt-5-mini", "gpt-5"]) {
      const late = requestAt(START_MS, { model });
      await writeUsage(db, flushAt(newRowId("uf", START_MS), START_MS, [late]));
      await compactUsage(db, newRowId("uf", nowMs), START_MS + 2 * HOUR_MS);
    }
    expect(await count("usage_key_hours")).toBe(1);
    await expectTotals(3);
    const row = await env.DB.prepare("select answers from usage_key_hours").first();
    expect(row).toEqual({ answers: JSON.stringify({ "gpt-5": 1, "gpt-5-mini": 2 }) });
  });

  test("an hour of many keys and models takes a row a thousand cells while it is open, a row a key after", async () => {
    const models = Array.from({ length: 10 }, (_, model) => `model-${model}`);
    const flush = async (atMs: number) => {
      const events = Array.from({ length: 2_500 }, (_, index) =>
        requestAt(atMs, { model: models[index % 10] ?? "", attempts: [attemptBy(`pk_${index}`)] }),
      );
      await writeUsage(db, flushAt(newRowId("uf", atMs), atMs, events));
    };
    await flush(START_MS);
    const first = await compactUsage(db, newRowId("uf", nowMs), START_MS);
    await flush(START_MS + 1);
    const second = await compactUsage(db, newRowId("uf", nowMs), START_MS + 1);
    expect(await count("usage_open_hours")).toBe(4);
    expect(Math.max(first, second)).toBeLessThan(10);
    await expectTotals(5_000);
    await compactUsage(db, newRowId("uf", nowMs), START_MS + HOUR_MS);
    expect(await count("usage_key_hours")).toBe(2_500);
    expect(await count("usage_hourly")).toBe(10);
    await expectTotals(5_000);
  });

  test("cells that were packed before a measure was counted are added up with those that have it", async () => {
    const packedBefore = (atMs: number) => {
      const cells = new Cells();
      cells.add(requestAt(atMs), 1);
      return cells.toStored().map(
        // Shorter than today's, and of the same shape.
        (cell) => cell.slice(0, -LATER_MEASURES.length) as unknown as StoredCell,
      );
    };
    const hourMs = START_MS - (START_MS % HOUR_MS);
    const flush = { rowsWritten: 0, dropped: 0, unlogged: 0, spends: [], logRows: [] };
    const waiting = [hourMs - HOUR_MS, hourMs].flatMap(packedBefore);
    await writeUsage(db, { ...flush, id: newRowId("uf", nowMs), atMs: nowMs, cells: waiting });
    await compactUsage(db, newRowId("uf", nowMs), nowMs);
    const { recorder } = startRecorder();
    for (const atMs of [hourMs - HOUR_MS, hourMs]) recorder.add(requestAt(atMs));
    await recorder.flush();
    const sums = async (side: Side, grain: Grain) => {
      const range = { side, grain, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER } as const;
      const measures = ["requests", "firstBytes", "timeToFirstByteMs"] as const;
      const [rows = []] = await sumCells(db, [{ ...range, by: ["outcome"], measures }]);
      return rows.map(({ values }) => measures.map((measure) => values[measure]));
    };
    for (const endMs of [nowMs, nowMs + HOUR_MS]) {
      for (const side of ["caller", "key"] as const) {
        for (const grain of ["hour", "day"] as const) {
          expect(await sums(side, grain), `${side} ${grain} ${endMs}`).toEqual([[4, 2, 240]]);
        }
      }
      await compactUsage(db, newRowId("uf", endMs), endMs);
    }
  });

  test("an open hour that would be read and written for long is folded before its end", async () => {
    const cells = new Cells();
    cells.add(requestAt(START_MS), COST_EACH);
    const hourMs = START_MS - (START_MS % HOUR_MS);
    for (const cell of cells.toStored()) {
      await db.run(sql`
        insert into usage_open_hours (bucket_ms, side, chunk, cells)
        select ${hourMs}, ${cell[1]}, key, ${JSON.stringify([cell])}
        from json_each(${JSON.stringify(Array(30).fill(0))})`);
    }
    await compactUsage(db, newRowId("uf", nowMs), START_MS);
    expect(await count("usage_open_hours")).toBe(0);
    expect(await count("usage_key_hours")).toBe(1);
    await expectTotals(30);
  });
});

test("what is older than wanted goes, the rest stays", async () => {
  const ages = [0, 13, 15, 91, 731];
  for (const age of ages) {
    const atMs = START_MS - age * DAY_MS;
    const { recorder } = startRecorder();
    recorder.add(requestAt(atMs));
    await recorder.flush();
  }
  await compactUsage(db, newRowId("uf", nowMs), nowMs + HOUR_MS);
  await pruneUsage(db, SETTINGS.retention, START_MS);
  await pruneUsage(db, SETTINGS.retention, START_MS);
  expect(await count("request_log")).toBe(2);
  expect(await count("usage_hourly")).toBe(3);
  expect(await count("usage_key_hours")).toBe(3);
  expect(await count("usage_daily")).toBe(2 * 4);
});

describe("what goes into the log", () => {
  const mixed = () => [
    requestAt(START_MS),
    requestAt(START_MS, { outcome: "upstream_error", status: 502, usage: usageOf(100, 10) }),
  ];

  test.each([
    ["all", 2],
    // The chance is one in two here.
    ["sampled", 1],
    ["problems", 1],
    ["none", 0],
  ] as const)("%s", async (log, rows) => {
    const { recorder } = startRecorder(logging(log));
    add(recorder, mixed());
    await recorder.flush();
    expect(await count("request_log")).toBe(rows);
    await expectTotals(2);
  });

  test("the upstream's words only where they are wanted", async () => {
    const failed = { ...attemptBy("pk_1", "key_invalid"), words: "no such key" };
    for (const errorWords of [true, false]) {
      const { recorder } = startRecorder({ logging: { requests: "all", errorWords } });
      recorder.add(requestAt(START_MS, { attempts: [failed] }));
      await recorder.flush();
    }
    const rows = await env.DB.prepare(
      "select attempts ->> '$[0].words' as words from request_log order by words",
    ).all();
    expect(rows.results).toEqual([{ words: null }, { words: "no such key" }]);
  });

  test("less when the day's rows run out, and what is left out is reported; counting goes on", async () => {
    const { recorder } = startRecorder({ metering: { dailyRowBudget: 20 } });
    for (let round = 0; round < 30; round += 1) {
      add(recorder, [requestAt(nowMs)]);
      await recorder.flush();
      nowMs += 20_000;
    }
    const rows = (await count("request_log")) ?? 0;
    expect(rows).toBeGreaterThan(3);
    expect(rows).toBeLessThan(20);
    expect((await totals("caller")).requests).toBe(30);
    const told = await env.DB.prepare("select sum(unlogged) as n from usage_journal").first();
    expect(told).toEqual({ n: 30 - rows });
  });
});

describe("rows written for 1,000 requests at 100 a second, over 100 keys, 10 models and 20 tokens", () => {
  async function rowsPerThousand(log: "all" | "none"): Promise<number> {
    let clockMs = START_MS;
    let rows = 0;
    const settings = { ...SETTINGS, ...logging(log) };
    const counting = new Proxy(env.DB, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return async (...values: unknown[]) => {
          const result: unknown = await Reflect.apply(value, target, values);
          if (name === "batch") {
            for (const { meta } of result as D1Result[]) rows += meta.rows_written;
          }
          return result;
        };
      },
    });
    // `prepare` must return immediately.
    const d1 = new Proxy(counting, {
      get: (target, name) =>
        name === "prepare" ? env.DB.prepare.bind(env.DB) : Reflect.get(target, name),
    });
    const recorder = new UsageRecorder({
      db: openDatabase(d1),
      nowMs: () => clockMs,
      sleep: async (ms) => {
        clockMs += ms;
      },
      random: () => 0.5,
      settings: () => settings,
    });
    const requests = 20_000;
    // A hundred arrive before each look at the clock a second later; the recorder decides when to write.
    for (let done = 0; done < requests; done += 100) {
      for (let index = 0; index < 100; index += 1) {
        const n = done + index;
        recorder.add(
          requestAt(clockMs, {
            model: `model-${n % 10}`,
            tokenId: `at_${(n * 7) % 20}`,
            attempts: [attemptBy(`pk_${(n * 13) % 100}`)],
          }),
        );
      }
      clockMs += 1_000;
      if (log === "all" || done % 1_000 === 900) await recorder.flush();
    }
    expect((await totals("caller")).requests).toBe(requests);
    return (rows / requests) * 1_000;
  }

  test("at most 1,200 with the full log", async () => {
    const rows = await rowsPerThousand("all");
    console.info(`rows per 1,000 requests with the full log: ${rows.toFixed(1)}`);
    expect(rows).toBeGreaterThan(1_000);
    expect(rows).toBeLessThan(1_200);
  });

  test("at most 50 without", async () => {
    const rows = await rowsPerThousand("none");
    console.info(`rows per 1,000 requests without a log: ${rows.toFixed(1)}`);
    expect(rows).toBeLessThan(50);
  });
});

describe("what the store rejects", () => {
  const refuse = (what: string) =>
    env.DB.prepare(
      `create trigger refuse before insert on request_log when ${what}
       begin select raise(abort, 'refused'); end`,
    ).run();

  afterEach(() => env.DB.prepare("drop trigger if exists refuse").run());

  test.each([2, 7, 300])(
    "one request of %i that D1 rejects is lost and counted; all others are written, once",
    async (requests) => {
      const { recorder } = startRecorder();
      const events = Array.from({ length: requests }, (_, index) =>
        requestAt(START_MS, { model: index === 1 ? "refused" : "gpt-5-mini" }),
      );
      await refuse("new.model = 'refused'");
      add(recorder, events);
      while (recorder.isDue()) await recorder.flush();
      // The next flush reports what was lost.
      recorder.add(requestAt(START_MS));
      await recorder.flush();
      expect(recorder.isDue()).toBe(false);
      expect(await count("request_log")).toBe(requests);
      await expectTotals(requests);
      expect(await readMeteringDay(db, START_MS)).toMatchObject({ dropped: 1 });
    },
  );

  test("a store that lacks a table of this build loses nothing for it", async () => {
    const { recorder } = startRecorder();
    await env.DB.prepare("alter table request_log rename to request_log_away").run();
    add(recorder, [requestAt(START_MS), requestAt(START_MS)]);
    await recorder.flush();
    expect(recorder.isDue()).toBe(true);
    await env.DB.prepare("alter table request_log_away rename to request_log").run();
    nowMs += 60_000;
    await recorder.flush();
    await expectTotals(2);
  });

  test("values beyond all bounds are bounded and written", async () => {
    const { recorder } = startRecorder();
    const odd = `a\0${"x".repeat(3_000_000)}`;
    recorder.add(
      requestAt(START_MS, {
        model: odd,
        gatewayLogId: odd,
        timeToFirstTokenMs: Number.POSITIVE_INFINITY,
        attempts: [{ ...attemptBy("pk_1"), words: odd, tookMs: Number.NaN }],
      }),
    );
    await recorder.flush();
    expect(recorder.isDue()).toBe(false);
    const row = await env.DB.prepare(
      "select length(model) as model, length(gateway_log_id) as log from request_log",
    ).first();
    expect(row).toEqual({ model: 199, log: 999 });
  });

  test("what others lost is reported with this isolate's requests", async () => {
    let lost = 3;
    const recorder = new UsageRecorder({
      db,
      nowMs: () => nowMs,
      sleep: async () => {},
      random: () => 0.5,
      settings: () => SETTINGS,
      takeLost: () => {
        const taken = lost;
        lost = 0;
        return taken;
      },
    });
    recorder.add(requestAt(START_MS));
    await recorder.flush();
    expect(await readMeteringDay(db, START_MS)).toMatchObject({ dropped: 3 });
  });
});

test("a clock that is set back stops no writes", async () => {
  const { recorder } = startRecorder();
  recorder.add(requestAt(nowMs));
  await recorder.flush();
  nowMs -= HOUR_MS;
  for (let made = 0; made < 5; made += 1) {
    recorder.add(requestAt(nowMs));
    await recorder.flush();
    nowMs += 1_000;
  }
  expect(recorder.isDue()).toBe(false);
  expect(await count("request_log")).toBe(6);
});
