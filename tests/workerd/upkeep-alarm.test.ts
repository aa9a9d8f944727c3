/** Maintenance as the portal's object does it: one step per alarm, each small, and none lost with its isolate. */
import { env } from "cloudflare:workers";
import { eq, sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { openDatabase } from "../../lib/db/open-database";
import { providerKeys } from "../../lib/db/schema/schema";
import { upkeep } from "../../lib/db/schema/upkeep-schema";
import { runBatch } from "../../lib/db/state/state-version";
import { writeStateEvents } from "../../lib/db/state/write-state-events";
import { DEFAULT_SETTINGS } from "../../lib/db/team/settings";
import { finishUpkeep, takeUpkeepLease } from "../../lib/db/upkeep-lease";
import { UsageRecorder } from "../../lib/db/usage/usage-recorder";
import type { Env } from "../../lib/env";
import { upkeepByCron } from "../../lib/runtime/upkeep";
import {
  callUpkeep,
  continueUpkeep,
  type UpkeepStorage,
  upkeepAlarm,
} from "../../lib/runtime/upkeep-alarm";
import { beginUpkeepNow } from "../../lib/upkeep/run-upkeep-now";
import type { UpkeepContext } from "../../lib/upkeep/upkeep-job";
import { counted } from "./counted-d1";
import { ACTOR, db, emptyUsage, SECRETS, storeKey, storeToken } from "./test-store";
import { emptyTeam } from "./test-team";
import { requestAt } from "./usage-events";

const START_MS = Date.UTC(2026, 10, 20, 12, 30);
const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];
const CRON = { startedBy: "cron", idleMs: 1 } as const;
/** What an alarm may use of the free plan's 50 each. */
const [MOST_STATEMENTS, MOST_FETCHES] = [40, 20];

let nowMs = START_MS;
let logged: MockInstance;
/** Requests since the step began. */
let fetches = 0;
/** What a provider does when a key is checked. */
let answer: () => Promise<Response>;

const refusal = async () =>
  Response.json({ error: { message: "no", code: "invalid_api_key" } }, { status: 401 });

const store = counted(env.DB);
const context: UpkeepContext = {
  db: openDatabase(store.d1),
  secrets: SECRETS,
  nowMs: () => nowMs,
  actor: ACTOR,
  alertWebhook: {
    url: "https://hooks.example.org/",
    secret: null,
    fetch: async () => {
      fetches += 1;
      return new Response("ok");
    },
  },
  mailApi: null,
  countUsage: async () => undefined,
  alertFetch: async () => new Response(null),
  refreshModels: async () => 0,
  upstream: async () => ({
    fetch: async () => {
      fetches += 1;
      return answer();
    },
    gatewayUrl: null,
    gatewayToken: null,
    goesDirect: () => true,
  }),
};

/** An object's storage, which outlives its isolates. */
class Storage implements UpkeepStorage {
  readonly #values = new Map<string, string>();
  alarmMs: number | null = null;

  // The platform's own method has many forms; these are the ones in use.
  get = (async (key: string) => {
    const text = this.#values.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }) as UpkeepStorage["get"];
  put = (async (key: string, value: unknown) => {
    this.#values.set(key, JSON.stringify(value));
  }) as UpkeepStorage["put"];
  delete = (async (key: string) => this.#values.delete(key)) as UpkeepStorage["delete"];
  getAlarm = async () => this.alarmMs;
  setAlarm = async (ms: number | Date) => {
    this.alarmMs = Number(ms);
  };
  deleteAlarm = async () => {
    this.alarmMs = null;
  };
}

let storage: Storage;

/** Fires alarms as they are due, until none is set; returns what each cost. */
async function fireAll(most = 200) {
  const steps: { statements: number; fetches: number }[] = [];
  while (storage.alarmMs !== null) {
    if (steps.length >= most) throw new Error(`more than ${most} steps`);
    nowMs = Math.max(nowMs, storage.alarmMs);
    // Cleared when it fires, as on the platform.
    storage.alarmMs = null;
    const before = store.statements;
    fetches = 0;
    await upkeepAlarm(storage, context);
    steps.push({ statements: store.statements - before, fetches });
  }
  return steps;
}

async function block(keyId: string): Promise<void> {
  const evidence = {
    meaning: "key_invalid",
    rule: "test",
    status: 401,
    words: "dead",
    requestId: "req_test",
    model: null,
    atMs: nowMs,
  } as const;
  await writeStateEvents(db, [{ kind: "key-blocked", keyId, evidence }]);
}

const journalRow = (id: string) => sql`
  insert into usage_journal (id, at_ms, cells, rows_written, dropped, unlogged)
  values (${id}, ${nowMs}, '[]', 1, 0, 0)`;

const journalLength = async () =>
  (await db.get<{ rows: number }>(sql`select count(*) as rows from usage_journal`)).rows;

const lastRun = () => db.select().from(upkeep).get();

beforeEach(async () => {
  nowMs = START_MS;
  answer = refusal;
  storage = new Storage();
  logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
  await emptyTeam();
  await emptyUsage();
  await runBatch(db, [sql`delete from upkeep`, sql`delete from key_rechecks`]);
  await callUpkeep(storage, CRON, nowMs);
  // The first call of a new database only starts the clock.
  await fireAll();
  nowMs += MINUTE_MS;
});

afterEach(() => logged.mockRestore());

describe("a run", () => {
  test("is done in steps within the free plan, whatever is due, and goes on until nothing is left", async () => {
    const keys = [];
    for (let index = 0; index < 60; index += 1) keys.push(await storeKey(`sk-${index}`));
    for (const key of keys) await block(key);
    nowMs += HOUR_MS;
    for (let run = 0; run < 7; run += 1) {
      await storeToken(`ended ${run}`, { expiresAtMs: 1 });
      await runBatch(db, [journalRow(`uf_${run}_1`), journalRow(`uf_${run}_2`)]);
      await callUpkeep(storage, CRON, nowMs);
      const steps = await fireAll();
      expect(steps.length).toBeGreaterThan(7);
      expect(Math.max(...steps.map(({ statements }) => statements))).toBeLessThanOrEqual(
        MOST_STATEMENTS,
      );
      expect(Math.max(...steps.map((each) => each.fetches))).toBeLessThanOrEqual(MOST_FETCHES);
      expect(await lastRun()).toMatchObject({ holder: null, report: { failed: [] } });
      // Everything blocked was checked in the first run, fifteen per step.
      if (run === 0) expect((await lastRun())?.report?.figures.checkedKeys).toBe(60);
      expect(await journalLength()).toBe(0);
      nowMs += 15 * MINUTE_MS;
    }
  });

  test("is one's alone: a second object takes no step of it, and calls before it is due begin none", async () => {
    await callUpkeep(storage, { startedBy: "cron", idleMs: 10 * MINUTE_MS }, nowMs);
    expect(await fireAll()).toHaveLength(1);
    expect((await lastRun())?.runs).toBe(0);
    nowMs += 10 * MINUTE_MS;
    await takeUpkeepLease(db, { holder: "other", ...CRON }, nowMs);
    await callUpkeep(storage, CRON, nowMs);
    expect(await fireAll()).toHaveLength(1);
    expect(await lastRun()).toMatchObject({ holder: "other", runs: 1 });
  });

  test("that lost its lease takes no further step", async () => {
    await callUpkeep(storage, CRON, nowMs);
    storage.alarmMs = null;
    await upkeepAlarm(storage, context);
    nowMs += 2 * MINUTE_MS;
    expect(await takeUpkeepLease(db, { holder: "heir", ...CRON }, nowMs)).not.toBeNull();
    await fireAll();
    expect(await lastRun()).toMatchObject({ holder: "heir" });
    await finishUpkeep(db, "heir", { figures: {}, failed: [] }, nowMs);
  });
});

describe("a run that a person asks for", () => {
  test("does everything in steps within the free plan, however much is due", async () => {
    const keys = [];
    for (let index = 0; index < 40; index += 1) keys.push(await storeKey(`sk-${index}`));
    for (const key of keys) await block(key);
    await storeToken("ended", { expiresAtMs: 1 });
    await runBatch(db, [journalRow("uf_1"), journalRow("uf_2")]);
    nowMs += HOUR_MS;
    await continueUpkeep(storage, await beginUpkeepNow(context), nowMs);
    expect(await lastRun()).toMatchObject({ startedBy: "person", report: null });
    const steps = await fireAll();
    expect(Math.max(...steps.map(({ statements }) => statements))).toBeLessThanOrEqual(
      MOST_STATEMENTS,
    );
    expect(Math.max(...steps.map((each) => each.fetches))).toBeLessThanOrEqual(MOST_FETCHES);
    expect(await journalLength()).toBe(0);
    expect(await lastRun()).toMatchObject({
      holder: null,
      startedBy: "person",
      report: { figures: { checkedKeys: 40, endedTokens: 1 }, failed: [] },
    });
  });

  test("takes the place of one that hangs, which comes back to find it gone", async () => {
    const key = await storeKey("sk-slow");
    await block(key);
    nowMs += HOUR_MS;
    await callUpkeep(storage, CRON, nowMs);
    let answerLate = (_: Response) => {};
    answer = () =>
      new Promise((resolve) => {
        answerLate = resolve;
      });
    let hanging = Promise.resolve(false);
    while (fetches === 0) {
      hanging = upkeepAlarm(storage, context);
      await Promise.race([
        hanging,
        vi.waitUntil(() => fetches > 0, { timeout: 20_000 }).catch(() => {}),
      ]);
    }
    // Longer than its lease.
    nowMs += 2 * MINUTE_MS;
    const run = await beginUpkeepNow(context);
    await continueUpkeep(storage, run, nowMs);
    answerLate(Response.json({ data: [] }));
    await hanging;
    expect(await storage.get("upkeep-run")).toMatchObject({ holder: run.holder });
    await fireAll();
    expect(await lastRun()).toMatchObject({
      holder: null,
      startedBy: "person",
      report: { failed: [] },
    });
  });

  test("is rejected while another is in progress, and leaves no trace", async () => {
    await takeUpkeepLease(db, { holder: "other", ...CRON }, nowMs);
    await expect(beginUpkeepNow(context)).rejects.toMatchObject({ code: "conflict" });
    expect(await lastRun()).toMatchObject({ holder: "other" });
  });
});

describe("a step that is killed", () => {
  test("is taken again a minute later, by whatever isolate the object then has", async () => {
    const key = await storeKey("sk-back");
    await block(key);
    nowMs += HOUR_MS;
    await callUpkeep(storage, CRON, nowMs);
    // Its isolate dies during a provider's response.
    let isAsked = false;
    answer = () => {
      isAsked = true;
      return new Promise(() => undefined);
    };
    while (!isAsked) {
      const step = upkeepAlarm(storage, context);
      await Promise.race([step, vi.waitUntil(() => isAsked, { timeout: 20_000 }).catch(() => {})]);
    }
    expect(storage.alarmMs).toBe(nowMs + MINUTE_MS);
    answer = async () => Response.json({ data: [] });
    // The key's own next check was postponed before it was called.
    nowMs += HOUR_MS;
    await fireAll();
    expect(await lastRun()).toMatchObject({ holder: null, report: { failed: [] } });
    const row = await db.select().from(providerKeys).where(eq(providerKeys.id, key)).get();
    expect(row?.status).toBe("active");
  });

  test("is passed over after three times, and the jobs behind it are done", async () => {
    await callUpkeep(storage, CRON, nowMs);
    await upkeepAlarm(storage, context);
    const run = await storage.get<{ jobs: string[] }>("upkeep-run");
    const [killer = ""] = run?.jobs ?? [];
    await storage.put("upkeep-run", { ...run, tries: 3 });
    await fireAll();
    expect((await lastRun())?.report?.failed).toEqual([killer]);
  });
});

test("with the store down, steps wait for it and go on", async () => {
  await callUpkeep(storage, CRON, nowMs);
  const down = { ...context, db: openDatabase({} as D1Database) };
  for (let tries = 0; tries < 5; tries += 1) {
    nowMs = storage.alarmMs ?? nowMs;
    await upkeepAlarm(storage, down);
    expect(storage.alarmMs).toBe(nowMs + MINUTE_MS);
  }
  await fireAll();
  expect(await lastRun()).toMatchObject({ holder: null, report: { failed: [] } });
});

describe("what calls it", () => {
  /** As bound in `wrangler.toml`; the database may not be used. */
  function boundEnv(calls: unknown[]): Env {
    const object = { callUpkeep: async (call: unknown) => void calls.push(call) };
    const namespace = { getByName: () => object, jurisdiction: () => namespace };
    // Only these parts are called.
    return {
      PORTAL: namespace,
      get DB() {
        throw new Error("asked");
      },
    } as unknown as Env;
  }

  test("cron only calls the object, and asks the database for nothing", async () => {
    const calls: unknown[] = [];
    await upkeepByCron(boundEnv(calls));
    expect(calls).toEqual([{ startedBy: "cron", idleMs: 10 * MINUTE_MS }]);
    expect(logged).not.toHaveBeenCalled();
  });

  test("a flush that finds the journal long has it rolled up by the object, not by itself", async () => {
    await callUpkeep(storage, "roll-up", nowMs);
    storage.alarmMs = null;
    let asked = 0;
    const recorder = new UsageRecorder({
      db,
      nowMs: () => nowMs,
      sleep: async (ms) => {
        nowMs += ms;
      },
      random: () => 0.5,
      settings: () => ({ ...DEFAULT_SETTINGS, metering: { dailyRowBudget: 0 } }),
      rollUp: async () => {
        asked += 1;
        await callUpkeep(storage, "roll-up", nowMs);
      },
    });
    for (let flush = 0; flush < 80; flush += 1) {
      nowMs += 1_000;
      recorder.add(requestAt(nowMs));
      await recorder.flush();
    }
    expect(asked).toBe(1);
    expect(await journalLength()).toBe(80);
    const before = (await lastRun())?.runs;
    await fireAll();
    expect(await journalLength()).toBe(0);
    // Nothing else was called.
    expect((await lastRun())?.runs).toBe(before);
  });

  test("an object that does not answer leaves the rolling up to the isolate at last", async () => {
    const recorder = new UsageRecorder({
      db,
      nowMs: () => nowMs,
      sleep: async (ms) => {
        nowMs += ms;
      },
      random: () => 0.5,
      settings: () => ({ ...DEFAULT_SETTINGS, metering: { dailyRowBudget: 0 } }),
      rollUp: () => Promise.reject(new Error("over its allowance")),
    });
    for (let flush = 0; flush < 399; flush += 1) {
      await runBatch(db, [journalRow(`uf_stuck_${flush}`)]);
    }
    recorder.add(requestAt(nowMs));
    await recorder.flush();
    expect(await journalLength()).toBeLessThan(400);
  });
});
