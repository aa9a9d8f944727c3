/** What the team is told of, once each, and what becomes of it while the receiver is away. */
import { createHmac } from "node:crypto";
import { sql } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { keyEvents } from "../../lib/db/schema";
import { runBatch } from "../../lib/db/state-version";
import { writeStateEvents } from "../../lib/db/write-state-events";
import { writeUsage } from "../../lib/db/write-usage";
import { changeSettings } from "../../lib/manage/change-settings";
import { listAlerts } from "../../lib/manage/list-alerts";
import type { AlertWebhook } from "../../lib/manage/post-alert";
import { resetProviderKey } from "../../lib/manage/reset-provider-key";
import { sendTestAlert } from "../../lib/manage/send-test-alert";
import { runUpkeep } from "../../lib/upkeep/run-upkeep";
import type { UpkeepContext } from "../../lib/upkeep/upkeep-job";
import { Cells } from "../../lib/usage/rollup";
import { ACTOR, db, emptyUsage, SECRETS, storeKey } from "./test-store";
import { auditActions, emptyTeam, refusal } from "./test-team";
import { attemptBy, requestAt } from "./usage-events";

const START_MS = Date.UTC(2026, 10, 20, 12, 30);
const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 24 * 3_600_000];
const SECRET = "webhook secret";

interface Received {
  readonly headers: Headers;
  readonly body: string;
}

let nowMs = START_MS;
let received: Received[] = [];
let answer: () => Response = () => new Response("ok");

const webhookAt = (url: string): AlertWebhook => ({
  url,
  secret: SECRET,
  fetch: async (_url, { headers, body }) => {
    received.push({ headers: new Headers(headers), body: String(body) });
    return answer();
  },
});

const contextWith = (alertWebhook: AlertWebhook | null): UpkeepContext => ({
  db,
  secrets: SECRETS,
  nowMs: () => nowMs,
  actor: ACTOR,
  alertWebhook,
  upstream: async () => ({
    fetch: async () => Response.json({ error: { code: "invalid_api_key" } }, { status: 401 }),
    gatewayUrl: null,
    gatewayToken: null,
    goesDirect: () => true,
  }),
});
const context = contextWith(webhookAt("https://hooks.example.org/in?key=hidden"));

/** A run by itself, a quarter of an hour after the one before. */
async function run(as = context) {
  nowMs += 15 * MINUTE_MS;
  const report = await runUpkeep(as, { startedBy: "cron", idleMs: 1 });
  expect(report?.failed).toEqual([]);
  return report?.figures;
}

const texts = () => received.map(({ body }) => (JSON.parse(body) as { text: string }).text);

function block(keyId: string): Promise<unknown> {
  const evidence = { meaning: "key_invalid", rule: "test", status: 401, words: "dead" } as const;
  const where = { requestId: "req_test", model: null, atMs: nowMs };
  return writeStateEvents(db, [
    { kind: "key-blocked", keyId, evidence: { ...evidence, ...where } },
  ]);
}

beforeEach(async () => {
  nowMs = START_MS;
  received = [];
  answer = () => new Response("ok");
  await emptyTeam();
  await emptyUsage();
  const tables = ["upkeep", "key_rechecks", "alerts", "alert_topics"];
  await runBatch(
    db,
    tables.map((table) => sql.raw(`delete from ${table}`)),
  );
  // The first call of a new database only starts the clock.
  expect(await runUpkeep(context, { startedBy: "cron", idleMs: 1 })).toBeNull();
});

describe("what is told", () => {
  test("blocked keys, one alert a provider, once", async () => {
    await storeKey("sk-ready-openai-key");
    for (const text of ["sk-dead-one-of-two", "sk-dead-two-of-two"])
      await block(await storeKey(text));
    expect(await run()).toMatchObject({ raisedAlerts: 1, sentAlerts: 1 });
    expect(texts()).toHaveLength(1);
    expect(texts()[0]).toMatch(/^OpenAI: keys blocked: 2 \(\S+, \S+\)\./);
    expect(received[0]?.body).not.toContain("sk-dead-one-of-two");
    expect(await run()).toMatchObject({ raisedAlerts: 0, sentAlerts: 0 });
    await block(await storeKey("sk-dead-three"));
    await run();
    expect(texts()[1]).toMatch(/^OpenAI: keys blocked: 1 /);
  });

  test("a pool with too few ready keys, again only after it had enough", async () => {
    await changeSettings(context, { section: "alerts", changes: { readyKeysBelow: 2 } });
    const [one] = [await storeKey("sk-1"), await storeKey("sk-2")];
    await run();
    expect(texts()).toEqual([]);
    await block(one);
    await db.delete(keyEvents);
    await run();
    await run();
    const low = "OpenAI: ready keys left: 1. You asked to be told below 2.";
    expect(texts()).toEqual([low]);
    await resetProviderKey(context, one);
    await run();
    nowMs += 1;
    await block(one);
    await db.delete(keyEvents);
    await run();
    expect(texts()).toEqual([low, low]);
  });

  test("a day's quota that will not last, once a day", async () => {
    const key = await storeKey("sk-spent");
    await writeStateEvents(db, [
      {
        kind: "key-cooled",
        keyId: key,
        model: "gpt-5-mini",
        untilMs: nowMs + DAY_MS,
        evidence: {
          meaning: "rate_limit_day",
          rule: "test",
          status: 429,
          words: "",
          requestId: "req_test",
          model: "gpt-5-mini",
          atMs: nowMs,
        },
      },
    ]);
    const cells = new Cells();
    for (let index = 0; index < 7; index++) {
      cells.add(requestAt(nowMs, { attempts: [attemptBy(key)] }), null);
    }
    const flush = { id: "uf_test", atMs: nowMs, cells: cells.toStored(), logRows: [], spends: [] };
    await writeUsage(db, { ...flush, rowsWritten: 0, dropped: 0, unlogged: 0 });
    // The pool is low, too; that one comes first.
    for (let index = 0; index < 12; index++) await run();
    const dry = texts().filter((text) => text.includes("quota"));
    expect(dry).toHaveLength(1);
    expect(dry[0]).toMatch(
      /^OpenAI: today's quota of gpt-5-mini will be used up at 2026-11-20 \d\d:\d\d UTC, before it renews at 2026-11-21 00:00 UTC\.$/,
    );
  });

  test("no key that is back already", async () => {
    await storeKey("sk-ready");
    const key = await storeKey("sk-back");
    await block(key);
    nowMs += 1;
    await resetProviderKey(context, key);
    await run();
    expect(texts()).toEqual([]);
    await block(key);
    await run();
    expect(texts()[0]).toMatch(/^OpenAI: keys blocked: 1 /);
  });

  test("nothing where no webhook is set", async () => {
    await block(await storeKey("sk-dead"));
    await run(contextWith(null));
    expect(await listAlerts(context, "en")).toEqual([]);
  });
});

describe("delivery", () => {
  test("is signed, so that the receiver can tell ours from others'", async () => {
    await block(await storeKey("sk-dead"));
    await run();
    for (const { headers, body } of received) {
      const timestamp = headers.get("x-one-balance-timestamp");
      expect(timestamp).toBe(String(nowMs / 1000));
      const expected = createHmac("sha256", SECRET).update(`${timestamp}.${body}`).digest("hex");
      expect(headers.get("x-one-balance-signature")).toBe(`v1=${expected}`);
    }
    expect(JSON.parse(received[0]?.body ?? "")).toMatchObject({
      id: expect.stringMatching(/^al_/),
      kind: "pool_low",
      details: { provider: "OpenAI", ready: 0, below: 1 },
      at: new Date(nowMs).toISOString(),
    });
  });

  test.each([
    ["https://hooks.slack.com/services/T/B/x", { text: expect.stringContaining("test") }],
    ["https://discord.com/api/webhooks/1/x", { content: expect.stringContaining("test") }],
    [
      "https://open.feishu.cn/open-apis/bot/v2/hook/x",
      {
        msg_type: "text",
        content: { text: expect.stringContaining("test") },
        timestamp: String(START_MS / 1000),
        sign: createHmac("sha256", `${START_MS / 1000}\n${SECRET}`)
          .update("")
          .digest("base64"),
      },
    ],
  ])("takes the form of %s", async (url, body) => {
    answer = () => Response.json({ code: 0 });
    expect(await sendTestAlert(context, webhookAt(url))).toBeNull();
    expect(JSON.parse(received[0]?.body ?? "")).toMatchObject(body);
    expect(await auditActions()).toEqual(["alerts.test"]);
  });

  test("a refusal is told, without the address, which is a secret; Feishu refuses with status 200", async () => {
    answer = () =>
      new Response("no_service at https://hooks.example.org/in?key=hidden", { status: 404 });
    const problem = await sendTestAlert(context, context.alertWebhook);
    expect(problem).toMatch(/^404 no_service/);
    expect(problem).not.toContain("hidden");
    answer = () => Response.json({ code: 19021, msg: "sign match fail" });
    const feishu = webhookAt("https://open.feishu.cn/open-apis/bot/v2/hook/x");
    expect(await sendTestAlert(context, feishu)).toContain("sign match fail");
    expect(await refusal(sendTestAlert(context, null))).toBe("not_configured");
  });

  test("an outage of the receiver loses no alert", async () => {
    answer = () => new Response("down", { status: 503 });
    await storeKey("sk-ready");
    for (const text of ["sk-1", "sk-2", "sk-3"]) {
      await block(await storeKey(text));
      await run();
    }
    const failing = await listAlerts(context, "en");
    expect(failing.map(({ state, problem }) => [state, problem])).toEqual(
      Array.from({ length: 3 }, () => ["failing", "503 down"]),
    );
    const tries = received.length;
    for (const untilMs = nowMs + 12 * HOUR_MS; nowMs < untilMs; ) await run();
    // Ever more rarely: of 144 chances they took few.
    expect(received.length - tries).toBeLessThan(25);
    received = [];
    answer = () => new Response("ok");
    for (const untilMs = nowMs + 7 * HOUR_MS; nowMs < untilMs; ) await run();
    const ids = received.map(({ body }) => (JSON.parse(body) as { id: string }).id);
    expect(ids.sort()).toEqual(failing.map(({ id }) => id).sort());
    expect((await listAlerts(context, "en")).every(({ state }) => state === "delivered")).toBe(
      true,
    );
  });

  test("is given up after a week, and that is shown", async () => {
    answer = () => new Response("gone", { status: 410 });
    await block(await storeKey("sk-dead"));
    await run();
    nowMs += 8 * DAY_MS;
    await run();
    const states = (await listAlerts(context, "zh")).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(["givenUp"]));
    received = [];
    nowMs += DAY_MS;
    await run();
    expect(received).toEqual([]);
  });

  test("waits in quiet hours, and comes after them", async () => {
    await changeSettings(context, {
      section: "alerts",
      changes: { quietFromHour: 12, quietToHour: 14 },
    });
    await storeKey("sk-ready");
    await block(await storeKey("sk-dead"));
    await run();
    expect([received.length, (await listAlerts(context, "en"))[0]?.state]).toEqual([0, "waiting"]);
    nowMs = Date.UTC(2026, 10, 20, 13, 45);
    await run();
    expect(texts()).toHaveLength(1);
  });
});
