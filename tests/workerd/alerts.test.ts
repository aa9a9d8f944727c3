/** What the team is alerted to, once each, and what happens while the receiver is unavailable. */
import { createHmac } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { insertCustomProvider } from "../../lib/db/keys/custom-providers";
import { keyEvents } from "../../lib/db/schema/schema";
import { writeStateEvents } from "../../lib/db/state/write-state-events";
import { writeUsage } from "../../lib/db/usage/write-usage";
import { listAlerts } from "../../lib/manage/alerts/list-alerts";
import { sendTestAlert } from "../../lib/manage/alerts/send-test-alert";
import { resetProviderKey } from "../../lib/manage/keys/reset-provider-key";
import { changeSettings } from "../../lib/manage/settings/change-settings";
import { Cells } from "../../lib/usage/rollup";
import { AlertReceiver, DAY_MS, HOUR_MS, START_MS, WEBHOOK_SECRET } from "./alert-receiver";
import { db, NO_AUDIT, storeKey } from "./test-store";
import { auditActions, refusal } from "./test-team";
import { attemptBy, requestAt } from "./usage-events";

const receiver = new AlertReceiver();
const { context } = receiver;
const run = (as = context) => receiver.run(as);
const texts = () => receiver.texts();

function block(keyId: string): Promise<unknown> {
  const evidence = { meaning: "key_invalid", rule: "test", status: 401, words: "dead" } as const;
  const where = { requestId: "req_test", model: null, atMs: receiver.nowMs };
  return writeStateEvents(db, [
    { kind: "key-blocked", keyId, evidence: { ...evidence, ...where } },
  ]);
}

beforeEach(() => receiver.reset());

describe("what is reported", () => {
  test("blocked keys, one alert a provider, once", async () => {
    await storeKey("sk-ready-openai-key");
    for (const text of ["sk-dead-one-of-two", "sk-dead-two-of-two"])
      await block(await storeKey(text));
    expect(await run()).toMatchObject({ raisedAlerts: 1, sentAlerts: 1 });
    expect(texts()).toHaveLength(1);
    expect(texts()[0]).toMatch(/^OpenAI: 2 keys blocked \(\S+, \S+\)\./);
    expect(receiver.received[0]?.body).not.toContain("sk-dead-one-of-two");
    expect(await run()).toMatchObject({ raisedAlerts: 0, sentAlerts: 0 });
    await block(await storeKey("sk-dead-three"));
    await run();
    expect(texts()[1]).toMatch(/^OpenAI: 1 keys blocked /);
  });

  test("a version that brings a provider of the team's own slug, once", async () => {
    await insertCustomProvider(
      db,
      {
        ...{ slug: "groq", label: "Our Groq", baseUrl: "https://llm.example.org/v1" },
        ...{ keyHeader: "authorization", keyPrefix: "Bearer ", protocol: "openai" },
        ...{ createdAtMs: START_MS, createdBy: null, updatedAtMs: START_MS },
      },
      NO_AUDIT(),
    );
    await run();
    await run();
    expect(texts()).toHaveLength(1);
    expect(texts()[0]).toContain("Yours (Our Groq) stays");
    expect(texts()[0]).toContain("https://llm.example.org/v1");
  });

  test("a provider that fails or is slow, once, until it is well below the threshold again", async () => {
    const changes = { readyKeysBelow: 0, errorsAbove: 10, slowerThan: 5 };
    await changeSettings(context, { section: "alerts", changes });
    const record = async (count: number, more: Parameters<typeof requestAt>[1]) => {
      const cells = new Cells();
      for (let index = 0; index < count; index += 1) {
        cells.add(requestAt(receiver.nowMs, { provider: "openai", ...more }), null);
      }
      const none = { rowsWritten: 0, dropped: 0, unlogged: 0, spends: [], logRows: [] };
      const id = `uf_${receiver.nowMs}_${count}`;
      await writeUsage(db, { ...none, id, atMs: receiver.nowMs, cells: cells.toStored() });
    };
    await record(19, { outcome: "upstream_error" });
    await run();
    expect(texts()).toEqual([]);
    await record(81, { outcome: "ok", durationMs: 9_000 });
    await run();
    await run();
    expect(texts()).toHaveLength(2);
    expect(texts()[0]).toMatch(/^OpenAI: 19 % of 100 requests got no good response this hour/);
    expect(texts()[1]).toMatch(/^OpenAI: one in twenty responses took longer than [\d.]+ s/);
    // A new hour, in which everything is well.
    receiver.nowMs += 2 * HOUR_MS;
    await record(50, { outcome: "ok", durationMs: 200 });
    await run();
    await record(50, { outcome: "upstream_error" });
    await run();
    expect(texts()).toHaveLength(3);
    expect(texts()[2]).toMatch(/^OpenAI: 50 % of 100 requests/);
  });

  test("nothing of what the team doesn't want", async () => {
    await changeSettings(context, {
      section: "alerts",
      changes: { readyKeysBelow: 0, muted: ["key_blocked"] },
    });
    await block(await storeKey("sk-dead"));
    expect(await run()).toMatchObject({ raisedAlerts: 0 });
    expect(texts()).toEqual([]);
    // What was muted isn't lost: it is reported once it is wanted.
    await changeSettings(context, { section: "alerts", changes: { muted: [] } });
    await run();
    expect(texts()).toHaveLength(1);
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
    const low = "OpenAI: 1 keys ready. Your alert threshold is 2.";
    expect(texts()).toEqual([low]);
    await resetProviderKey(context, one);
    await run();
    receiver.nowMs += 1;
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
        untilMs: receiver.nowMs + DAY_MS,
        evidence: {
          meaning: "rate_limit_day",
          rule: "test",
          status: 429,
          words: "",
          requestId: "req_test",
          model: "gpt-5-mini",
          atMs: receiver.nowMs,
        },
      },
    ]);
    const cells = new Cells();
    for (let index = 0; index < 7; index++) {
      cells.add(requestAt(receiver.nowMs, { attempts: [attemptBy(key)] }), null);
    }
    const flush = {
      id: "uf_test",
      atMs: receiver.nowMs,
      cells: cells.toStored(),
      logRows: [],
      spends: [],
    };
    await writeUsage(db, { ...flush, rowsWritten: 0, dropped: 0, unlogged: 0 });
    // The pool is low as well; that alert comes first.
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
    receiver.nowMs += 1;
    await resetProviderKey(context, key);
    await run();
    expect(texts()).toEqual([]);
    await block(key);
    await run();
    expect(texts()[0]).toMatch(/^OpenAI: 1 keys blocked /);
  });

  test("nothing where no webhook is set", async () => {
    await block(await storeKey("sk-dead"));
    await run(receiver.contextWith(null));
    expect(await listAlerts(context, "en")).toEqual([]);
  });
});

describe("delivery", () => {
  test("is signed, so that the receiver can tell ours from others'", async () => {
    await block(await storeKey("sk-dead"));
    await run();
    for (const { headers, body } of receiver.received) {
      const timestamp = headers.get("x-one-balance-timestamp");
      expect(timestamp).toBe(String(receiver.nowMs / 1000));
      const expected = createHmac("sha256", WEBHOOK_SECRET)
        .update(`${timestamp}.${body}`)
        .digest("hex");
      expect(headers.get("x-one-balance-signature")).toBe(`v1=${expected}`);
    }
    expect(JSON.parse(receiver.received[0]?.body ?? "")).toMatchObject({
      id: expect.stringMatching(/^al_/),
      kind: "pool_low",
      details: { provider: "OpenAI", ready: 0, below: 1 },
      at: new Date(receiver.nowMs).toISOString(),
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
        sign: createHmac("sha256", `${START_MS / 1000}\n${WEBHOOK_SECRET}`)
          .update("")
          .digest("base64"),
      },
    ],
  ])("takes the form of %s", async (url, body) => {
    receiver.answer = () => Response.json({ code: 0 });
    expect(
      await sendTestAlert(
        context,
        { channel: "webhook" },
        receiver.contextWith(receiver.webhookAt(url)),
      ),
    ).toBeNull();
    expect(JSON.parse(receiver.received[0]?.body ?? "")).toMatchObject(body);
    expect(await auditActions()).toEqual(["alerts.test"]);
  });

  test("a rejection is reported, without the address, which is a secret; Feishu rejects with status 200", async () => {
    receiver.answer = () =>
      new Response("no_service at https://hooks.example.org/in?key=hidden", { status: 404 });
    const problem = await sendTestAlert(context, { channel: "webhook" }, context);
    expect(problem).toMatch(/^404 no_service/);
    expect(problem).not.toContain("hidden");
    receiver.answer = () => Response.json({ code: 19021, msg: "sign match fail" });
    const feishu = receiver.webhookAt("https://open.feishu.cn/open-apis/bot/v2/hook/x");
    expect(
      await sendTestAlert(context, { channel: "webhook" }, receiver.contextWith(feishu)),
    ).toContain("sign match fail");
    expect(
      await refusal(sendTestAlert(context, { channel: "webhook" }, receiver.contextWith(null))),
    ).toBe("not_configured");
  });

  test("an outage of the receiver loses no alert", async () => {
    receiver.answer = () => new Response("down", { status: 503 });
    await storeKey("sk-ready");
    for (const text of ["sk-1", "sk-2", "sk-3"]) {
      await block(await storeKey(text));
      await run();
    }
    const failing = await listAlerts(context, "en");
    expect(failing.map(({ state, problem }) => [state, problem])).toEqual(
      Array.from({ length: 3 }, () => ["failing", "503 down"]),
    );
    const tries = receiver.received.length;
    for (const untilMs = receiver.nowMs + 12 * HOUR_MS; receiver.nowMs < untilMs; ) await run();
    // Less and less often: of 144 opportunities only a few were taken.
    expect(receiver.received.length - tries).toBeLessThan(25);
    receiver.received = [];
    receiver.answer = () => new Response("ok");
    for (const untilMs = receiver.nowMs + 7 * HOUR_MS; receiver.nowMs < untilMs; ) await run();
    const ids = receiver.received.map(({ body }) => (JSON.parse(body) as { id: string }).id);
    expect(ids.sort()).toEqual(failing.map(({ id }) => id).sort());
    expect((await listAlerts(context, "en")).every(({ state }) => state === "delivered")).toBe(
      true,
    );
  });

  test("is given up after a week, and that is shown", async () => {
    receiver.answer = () => new Response("gone", { status: 410 });
    await block(await storeKey("sk-dead"));
    await run();
    receiver.nowMs += 8 * DAY_MS;
    await run();
    const states = (await listAlerts(context, "zh")).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(["givenUp"]));
    receiver.received = [];
    receiver.nowMs += DAY_MS;
    await run();
    expect(receiver.received).toEqual([]);
  });

  test("waits in quiet hours, and comes after them", async () => {
    await changeSettings(context, {
      section: "alerts",
      changes: { quietFromHour: 12, quietToHour: 14 },
    });
    await storeKey("sk-ready");
    await block(await storeKey("sk-dead"));
    await run();
    expect([receiver.received.length, (await listAlerts(context, "en"))[0]?.state]).toEqual([
      0,
      "waiting",
    ]);
    receiver.nowMs = Date.UTC(2026, 10, 20, 13, 45);
    await run();
    expect(texts()).toHaveLength(1);
  });
});
