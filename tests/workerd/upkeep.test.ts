/** What the instance does by itself: whose turn it is, what a run does, and what a run that dies leaves behind. */
import { env } from "cloudflare:workers";
import { eq, sql } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { firstRowIdAt, newRowId } from "../../lib/db/new-row-id";
import { openDatabase } from "../../lib/db/open-database";
import { accessTokens, keyCooldowns, keyEvents, providerKeys } from "../../lib/db/schema/schema";
import { auditLog, invites, loginAttempts } from "../../lib/db/schema/team-schema";
import { keyRechecks, upkeep } from "../../lib/db/schema/upkeep-schema";
import { runBatch } from "../../lib/db/state/state-version";
import { writeStateEvents } from "../../lib/db/state/write-state-events";
import { DEFAULT_SETTINGS } from "../../lib/db/team/settings";
import { finishUpkeep, takeUpkeepLease } from "../../lib/db/upkeep-lease";
import { changeSettings } from "../../lib/manage/settings/change-settings";
import { readUpkeepView } from "../../lib/manage/settings/read-upkeep";
import type { Evidence } from "../../lib/proxy/ports";
import { noteDeployment } from "../../lib/upkeep/note-deployment";
import { runUpkeep } from "../../lib/upkeep/run-upkeep";
import { runUpkeepNow } from "../../lib/upkeep/run-upkeep-now";
import type { UpkeepContext } from "../../lib/upkeep/upkeep-job";
import { counted } from "./counted-d1";
import { ACTOR, db, emptyUsage, SECRETS, storeKey, storeToken } from "./test-store";
import { auditActions, emptyTeam, refusal } from "./test-team";

const START_MS = Date.UTC(2026, 10, 20, 12, 30);
const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 24 * 3_600_000];

let nowMs = START_MS;
let logged: MockInstance;
/** Keys that the provider accepts; it rejects every other one. */
let goodKeys: readonly string[] = [];
/** Texts of the keys that were checked, in order. */
let asked: string[] = [];
let isDown = false;

async function provider(_url: string, { headers }: RequestInit): Promise<Response> {
  if (isDown) throw new TypeError("connection refused");
  const text = new Headers(headers).get("authorization")?.slice("Bearer ".length) ?? "";
  asked.push(text);
  if (goodKeys.includes(text)) return Response.json({ data: [] });
  const error = { message: "Incorrect API key provided", code: "invalid_api_key" };
  return Response.json({ error }, { status: 401 });
}

const context: UpkeepContext = {
  db,
  secrets: SECRETS,
  nowMs: () => nowMs,
  actor: ACTOR,
  alertWebhook: null,
  mailApi: null,
  countUsage: async () => undefined,
  alertFetch: async () => new Response(null),
  refreshModels: async () => 0,
  upstream: async () => ({
    fetch: provider,
    gatewayUrl: null,
    gatewayToken: null,
    goesDirect: () => true,
  }),
};

/** A run by cron, which is due whenever it is called. */
const run = () => runUpkeep(context, { startedBy: "cron", idleMs: 1 });

const take = (holder: string, idleMs = 1) =>
  takeUpkeepLease(db, { holder, startedBy: "cron", idleMs }, nowMs);

async function block(keyId: string): Promise<void> {
  const evidence: Evidence = {
    meaning: "key_invalid",
    rule: "test",
    status: 401,
    words: "dead",
    requestId: "req_test",
    model: null,
    atMs: nowMs,
  };
  await writeStateEvents(db, [{ kind: "key-blocked", keyId, evidence }]);
}

const statusOf = async (id: string) =>
  (await db.select().from(providerKeys).where(eq(providerKeys.id, id)).get())?.status;

const count = async (table: string) =>
  (await db.get<{ rows: number }>(sql`select count(*) as rows from ${sql.identifier(table)}`)).rows;

beforeEach(async () => {
  nowMs = START_MS;
  [goodKeys, asked, isDown] = [[], [], false];
  logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
  await emptyTeam();
  await emptyUsage();
  await runBatch(db, [sql`delete from upkeep`, sql`delete from key_rechecks`]);
  // The first call of a new database only starts the clock.
  expect(await run()).toBeNull();
  nowMs += MINUTE_MS;
});

afterEach(() => logged.mockRestore());

describe("the lease", () => {
  test("is one runner's, however many ask at once", async () => {
    const turns = await Promise.all(Array.from({ length: 20 }, (_, index) => take(`r${index}`)));
    expect(turns.filter((turn) => turn !== null)).toEqual([1]);
  });

  test("is not taken before the last run is as old as required", async () => {
    await take("first");
    await finishUpkeep(db, "first", { figures: {}, failed: [] }, nowMs);
    nowMs += 10 * MINUTE_MS;
    expect(await take("request", 30 * MINUTE_MS)).toBeNull();
    expect(await take("cron", 10 * MINUTE_MS)).toBe(2);
  });

  test("is taken over when its holder has died, which then reports nothing more", async () => {
    await take("dead");
    nowMs += 59_999;
    expect(await take("early")).toBeNull();
    expect((await readUpkeepView(context)).state).toBe("running");
    nowMs += 1;
    expect((await readUpkeepView(context)).state).toBe("cut");
    expect(await take("heir")).toBe(2);
    await finishUpkeep(db, "dead", { figures: { checkedKeys: 9 }, failed: [] }, nowMs);
    expect(await db.select().from(upkeep).get()).toMatchObject({ holder: "heir", report: null });
  });

  test("two runs at once do the work once", async () => {
    const key = await storeKey("sk-dead");
    await block(key);
    nowMs += HOUR_MS;
    const reports = await Promise.all([run(), run(), run()]);
    expect(reports.filter((report) => report !== null)).toHaveLength(1);
    expect(asked).toEqual(["sk-dead"]);
  });

  test("a person's run takes the next turn, even the first, and is rejected while another runs", async () => {
    await db.delete(upkeep);
    expect(await runUpkeepNow(context)).toMatchObject({ failed: [] });
    nowMs += 1;
    expect(await take("somebody")).not.toBeNull();
    expect(await refusal(runUpkeepNow(context))).toBe("conflict");
    expect(await auditActions()).toEqual(["upkeep.run"]);
  });
});

describe("re-checks", () => {
  /** Runs every quarter of an hour, as cron does. */
  async function runFor(ms: number): Promise<void> {
    for (const untilMs = nowMs + ms; nowMs < untilMs; nowMs += 15 * MINUTE_MS) await run();
  }

  test("a key that works again is back within one re-check", async () => {
    const key = await storeKey("sk-mended");
    await block(key);
    goodKeys = ["sk-mended"];
    await runFor(HOUR_MS);
    expect([await statusOf(key), asked]).toEqual(["blocked", []]);
    const report = await run();
    expect(report?.figures).toMatchObject({ checkedKeys: 1, revivedKeys: 1 });
    expect([await statusOf(key), asked]).toEqual(["active", ["sk-mended"]]);
    const [entry] = await db.select().from(auditLog);
    expect(entry).toMatchObject({ action: "provider-key.check", actorKind: "system" });
  });

  /** Runs happen at these hours after a block: around each that is due, and between. */
  const RUN_HOURS = [0, 1, 2, 6, 7, 8, 19, 30, 31, 32, 33, 55, 100, 197, 198, 199, 200, 215];

  test("a dead key is checked after 1, 6 and 24 hours, then weekly", async () => {
    const key = await storeKey("sk-dead");
    await block(key);
    const blockedMs = nowMs;
    const hours: number[] = [];
    for (const hour of RUN_HOURS) {
      nowMs = blockedMs + hour * HOUR_MS;
      const before = asked.length;
      await run();
      if (asked.length > before) hours.push(hour);
    }
    expect(hours).toEqual([1, 7, 31, 199]);
    expect(await db.select().from(keyRechecks)).toEqual([
      { keyId: key, attempts: 4, nextAtMs: blockedMs + (199 + 7 * 24) * HOUR_MS },
    ]);
    expect(await statusOf(key)).toBe("blocked");
  });

  test("a key that is rejected again after each successful check continues where it was", async () => {
    const key = await storeKey("sk-flapping");
    goodKeys = ["sk-flapping"];
    await block(key);
    const blockedMs = nowMs;
    const hours: number[] = [];
    for (const hour of RUN_HOURS) {
      nowMs = blockedMs + hour * HOUR_MS;
      await run();
      if ((await statusOf(key)) !== "active") continue;
      hours.push(hour);
      nowMs += 1;
      await block(key);
    }
    expect(hours).toEqual([1, 7, 31, 199]);
  });

  test("a key that has been valid for long starts over", async () => {
    const key = await storeKey("sk-again");
    goodKeys = ["sk-again"];
    await block(key);
    nowMs += HOUR_MS;
    await run();
    nowMs += 7 * HOUR_MS;
    await run();
    expect(await count("key_rechecks")).toBe(0);
    await block(key);
    nowMs += HOUR_MS;
    await run();
    expect([await statusOf(key), asked.length]).toEqual(["active", 2]);
  });

  test("a provider that doesn't answer decides nothing: its keys are checked again in an hour", async () => {
    const key = await storeKey("sk-mended");
    await block(key);
    isDown = true;
    nowMs += HOUR_MS;
    expect((await run())?.figures).toMatchObject({ checkedKeys: 1, revivedKeys: 0 });
    isDown = false;
    goodKeys = ["sk-mended"];
    nowMs += HOUR_MS;
    await run();
    expect(await statusOf(key)).toBe("active");
  });

  test("of many, those that wait longest come first, a bounded number a run", async () => {
    const keys: string[] = [];
    for (let index = 0; index < 20; index++) {
      keys.push(await storeKey(`sk-${index}`));
      await block(keys.at(-1) ?? "");
      nowMs += 1;
    }
    nowMs += HOUR_MS;
    await run();
    expect(new Set(asked)).toEqual(
      new Set(Array.from({ length: 15 }, (_, index) => `sk-${index}`)),
    );
    nowMs += MINUTE_MS;
    await run();
    expect(asked.slice(15)).toHaveLength(5);
    expect((await readUpkeepView(context)).rechecks.keys).toBe(20);
  });

  test("keys that a person disabled or deleted are left alone", async () => {
    const [off, gone] = [await storeKey("sk-off"), await storeKey("sk-gone")];
    await block(off);
    await block(gone);
    await run();
    await db.update(providerKeys).set({ status: "disabled" }).where(eq(providerKeys.id, off));
    await db.delete(providerKeys).where(eq(providerKeys.id, gone));
    nowMs += 2 * HOUR_MS;
    await run();
    expect([asked, await count("key_rechecks")]).toEqual([[], 0]);
  });
});

describe("a run that is killed", () => {
  test("during its check leaves the key as it was, to be checked again in an hour", async () => {
    const key = await storeKey("sk-mended");
    await block(key);
    goodKeys = ["sk-mended"];
    nowMs += HOUR_MS;
    const never = { ...context, upstream: () => new Promise<never>(() => undefined) };
    void runUpkeep(never, { startedBy: "cron", idleMs: 1 });
    await vi.waitFor(
      async () => {
        const [row] = await db.select().from(keyRechecks);
        expect(row).toMatchObject({ attempts: 0, nextAtMs: nowMs + HOUR_MS });
      },
      { timeout: 20_000 },
    );
    expect(await statusOf(key)).toBe("blocked");
    nowMs += MINUTE_MS;
    await run();
    expect(asked).toEqual([]);
    nowMs += HOUR_MS;
    await run();
    expect(await statusOf(key)).toBe("active");
  });

  test("after it wrote what it found leaves the key's state right, and the next run tidies up", async () => {
    const [good, dead] = [await storeKey("sk-mended"), await storeKey("sk-dead")];
    await block(good);
    await block(dead);
    goodKeys = ["sk-mended"];
    nowMs += HOUR_MS;
    await run();
    // As if the times of the next re-checks were no longer written.
    await db.update(keyRechecks).set({ attempts: 0, nextAtMs: nowMs + HOUR_MS });
    await db.update(upkeep).set({ holder: "dead", leaseUntilMs: nowMs + MINUTE_MS });
    nowMs += HOUR_MS;
    await run();
    expect([await statusOf(good), await statusOf(dead)]).toEqual(["active", "blocked"]);
    expect(await db.select().from(keyRechecks)).toEqual([
      { keyId: dead, attempts: 1, nextAtMs: nowMs + 6 * HOUR_MS },
    ]);
  });

  test("a job that fails is reported, and stops no other", async () => {
    const key = await storeKey("sk-mended");
    await block(key);
    nowMs += HOUR_MS;
    const broken = { ...context, upstream: () => Promise.reject(new Error("no way out")) };
    const report = await runUpkeepNow(broken);
    expect(report.failed).toEqual(["recheck-keys"]);
    expect(report.figures).toMatchObject({ deletedRecords: 0, endedTokens: 0 });
    expect((await readUpkeepView(context)).report).toEqual(report);
  });
});

describe("chores", () => {
  const { keyEventDays, auditDays } = DEFAULT_SETTINGS.retention;

  test("records go when they are older than they are kept, the younger stay", async () => {
    const event = (id: string, atMs: number) => ({
      id,
      keyId: "pk_1",
      provider: "openai",
      kind: "cooled" as const,
      atMs,
    });
    await db
      .insert(keyEvents)
      .values([
        event("old", nowMs - keyEventDays * DAY_MS - 1),
        event("young", nowMs - keyEventDays * DAY_MS + 1),
      ]);
    const entry = (atMs: number) => ({
      id: newRowId("au", atMs),
      atMs,
      actorKind: "user" as const,
      actorId: "us_1",
      actorName: "ada@example.com",
      action: "settings.update",
      subjectKind: "settings",
      subjectName: "logging",
      count: 1,
    });
    await db
      .insert(auditLog)
      .values([entry(nowMs - auditDays * DAY_MS - 1), entry(nowMs - auditDays * DAY_MS + 1)]);
    const longAgo = { ...context, nowMs: () => nowMs - 2 * auditDays * DAY_MS };
    await noteDeployment(longAgo, "1.0.0+aaaaaaa");
    const cooldown = (model: string, untilMs: number) => ({
      keyId: "pk_1",
      model,
      untilMs,
      reason: "rate_limit_minute",
      evidence: {} as Evidence,
      setAtMs: 0,
      version: 0,
    });
    await db
      .insert(keyCooldowns)
      .values([cooldown("over", nowMs - 2 * DAY_MS), cooldown("live", nowMs + 1)]);
    await db.insert(loginAttempts).values([
      { subject: "old", failures: 9, windowStartMs: nowMs - DAY_MS },
      { subject: "young", failures: 9, windowStartMs: nowMs - DAY_MS + 1 },
    ]);
    const invite = (id: string, expiresAtMs: number, acceptedAtMs: number | null) => ({
      id,
      tokenHash: id,
      role: "viewer" as const,
      createdBy: "us_1",
      createdAtMs: 0,
      expiresAtMs,
      acceptedAtMs,
    });
    await db
      .insert(invites)
      .values([
        invite("unused", nowMs - 31 * DAY_MS, null),
        invite("used", nowMs - 31 * DAY_MS, 1),
        invite("open", nowMs + 1, null),
      ]);

    const { figures, failed } = await runUpkeepNow(context);
    expect([figures.deletedRecords, failed]).toEqual([5, []]);
    expect((await db.select().from(keyEvents)).map(({ id }) => id)).toEqual(["young"]);
    expect((await db.select().from(keyCooldowns)).map(({ model }) => model)).toEqual(["live"]);
    expect((await db.select().from(loginAttempts)).map(({ subject }) => subject)).toEqual([
      "young",
    ]);
    expect((await db.select().from(invites)).map(({ id }) => id).sort()).toEqual(["open", "used"]);
    const entries = await db.select().from(auditLog);
    const old = entries.filter(({ id }) => id < firstRowIdAt("au", nowMs - auditDays * DAY_MS));
    // The version that still runs.
    expect(old.map(({ action }) => action)).toEqual(["deployment.start"]);
    expect(entries.find(({ action }) => action === "audit-log.prune")).toMatchObject({
      actorKind: "system",
      count: 1,
      after: { olderThanDays: auditDays },
    });
  });

  test("tokens are revoked a week after they expired, rotated ones when their overlap is over", async () => {
    const ids = {
      lately: await storeToken("lately", { expiresAtMs: nowMs - DAY_MS }),
      longAgo: await storeToken("longAgo", { expiresAtMs: nowMs - 7 * DAY_MS }),
      rotated: await storeToken("rotated", { expiresAtMs: nowMs, rotatedToId: "at_next" }),
      overlapping: await storeToken("overlapping", {
        expiresAtMs: nowMs + 1,
        rotatedToId: "at_next",
      }),
      endless: await storeToken("endless"),
    };
    const { figures } = await runUpkeepNow(context);
    expect(figures.endedTokens).toBe(2);
    const revoked = await db.select().from(accessTokens).where(eq(accessTokens.status, "revoked"));
    expect(revoked.map(({ id }) => id).sort()).toEqual([ids.longAgo, ids.rotated].sort());
    expect(await auditActions()).toContain("access-token.expire");
    nowMs += MINUTE_MS;
    expect((await runUpkeepNow(context)).figures.endedTokens).toBe(1);
  });

  test("runs by themselves do one chore each, in turn, and nothing where there is nothing", async () => {
    const done: string[] = [];
    for (let index = 0; index < 11; index++) {
      const report = await run();
      expect(report?.failed).toEqual([]);
      done.push(...Object.keys(report?.figures ?? {}).filter((name) => !name.endsWith("Keys")));
      nowMs += 15 * MINUTE_MS;
    }
    expect(done.sort()).toEqual([
      "countedWorks",
      "deletedRecords",
      "deletedUsageRows",
      "digestedBuckets",
      "endedTokens",
      "readModelLists",
      "writtenUsageRows",
    ]);
    expect(await auditActions()).toEqual([]);
  });

  test("a run by itself stays below the free plan's 50 statements and 50 requests, whatever is due", async () => {
    const store = counted(env.DB);
    const alertWebhook = {
      url: "https://hooks.example.org/",
      secret: null,
      fetch: async () => new Response("ok"),
    };
    for (let index = 0; index < 40; index++) await block(await storeKey(`sk-${index}`));
    goodKeys = ["sk-3"];
    nowMs += HOUR_MS;
    // Each rule that costs statements is on.
    await changeSettings(context, {
      section: "alerts",
      changes: { errorsAbove: 1, slowerThan: 1 },
    });
    const statements: number[] = [];
    for (let index = 0; index < 11; index++) {
      await storeToken(`ended ${index}`, { expiresAtMs: 1 });
      await runBatch(db, [journalRow(`uf_${index}_1`), journalRow(`uf_${index}_2`)]);
      const [before, askedBefore] = [store.statements, asked.length];
      const report = await runUpkeep(
        { ...context, db: openDatabase(store.d1), alertWebhook },
        { startedBy: "cron", idleMs: 1 },
      );
      expect(report?.failed).toEqual([]);
      statements.push(store.statements - before);
      expect(asked.length - askedBefore).toBeLessThanOrEqual(15);
      nowMs += 15 * MINUTE_MS;
    }
    expect(Math.min(...statements)).toBeGreaterThan(3);
    expect(Math.max(...statements)).toBeLessThanOrEqual(47);
    expect(asked).toHaveLength(40);
  });
});

const journalRow = (id: string) => sql`
  insert into usage_journal (id, at_ms, cells, rows_written, dropped, unlogged)
  values (${id}, ${nowMs}, '[]', 1, 0, 0)`;
