/** Incidents: one row however many isolates see it, how it ends, and what people and the webhook receive. */
import { sql } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { createIsolateState } from "../../lib/db/state/isolate-state";
import { writeStateEvents } from "../../lib/db/state/write-state-events";
import { listAlerts } from "../../lib/manage/alerts/list-alerts";
import { listIncidents } from "../../lib/manage/alerts/list-incidents";
import type { IncidentSighting, StateEvent } from "../../lib/proxy/ports";
import { runUpkeep } from "../../lib/upkeep/run-upkeep";
import type { UpkeepContext } from "../../lib/upkeep/upkeep-job";
import { ACTOR, db, emptyStore, SECRETS, storeKey } from "./test-store";

const MINUTE_MS = 60_000;
let nowMs = 0;

const context: UpkeepContext = {
  db,
  secrets: SECRETS,
  nowMs: () => nowMs,
  actor: ACTOR,
  alertWebhook: {
    url: "https://hooks.example.org/in",
    secret: "webhook secret",
    fetch: async () => new Response("ok"),
  },
  mailApi: null,
  alertFetch: async () => new Response(null),
  upstream: () => Promise.reject(new Error("no upstream is needed")),
  countUsage: async () => undefined,
  refreshModels: async () => 0,
};

beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 24, 12);
  await emptyStore();
  await db.batch([
    db.run(sql`delete from incidents`),
    db.run(sql`delete from alerts`),
    db.run(sql`delete from alert_topics`),
  ]);
});

function seen(fields: Partial<IncidentSighting> = {}): StateEvent {
  return {
    kind: "incident-seen",
    provider: "openai",
    rule: "bad-key",
    meaning: "key_invalid",
    status: 401,
    words: "no such key",
    effect: "block",
    keyIds: ["pk_1", "pk_2"],
    sinceMs: nowMs,
    atMs: nowMs,
    ...fields,
  };
}
const over = (provider = "openai"): StateEvent => ({
  kind: "incident-over",
  provider,
  atMs: nowMs,
});
const list = () => listIncidents(context, {});

describe("one incident is one row", () => {
  test("whichever isolate sees it, and however often the same is written", async () => {
    const first = seen();
    await writeStateEvents(db, [first]);
    await writeStateEvents(db, [first]);
    nowMs += 1000;
    await writeStateEvents(db, [seen({ keyIds: ["pk_2", "pk_3"], words: "still none" })]);
    const [incident, ...others] = await list();
    expect(others).toEqual([]);
    expect(incident).toMatchObject({
      openedAt: nowMs - 1000,
      lastSeenAt: nowMs,
      endedAt: null,
      endedBy: null,
      words: "still none",
      keys: [{ id: "pk_1" }, { id: "pk_2" }, { id: "pk_3" }],
    });
    // Another rule, another provider: other incidents.
    await writeStateEvents(db, [seen({ rule: "other" }), seen({ provider: "groq" })]);
    expect(await list()).toHaveLength(3);
  });

  test("an answer ends it, and what was seen before that does not bring it back", async () => {
    const early = seen();
    nowMs += 1000;
    await writeStateEvents(db, [seen()]);
    nowMs += 1000;
    await writeStateEvents(db, [over("groq"), over()]);
    const ended = { endedAt: nowMs, endedBy: "answer" };
    expect(await list()).toMatchObject([ended]);
    await writeStateEvents(db, [early, over()]);
    expect(await list()).toMatchObject([ended]);
  });

  test("seen again soon, the same goes on; half an hour later it is another", async () => {
    await writeStateEvents(db, [seen()]);
    nowMs += MINUTE_MS;
    await writeStateEvents(db, [over()]);
    nowMs += 28 * MINUTE_MS;
    await writeStateEvents(db, [seen()]);
    expect(await list()).toMatchObject([{ endedAt: null }]);
    nowMs += 31 * MINUTE_MS;
    expect(await list()).toMatchObject([{ endedBy: "quiet", endedAt: nowMs - 31 * MINUTE_MS }]);
    await writeStateEvents(db, [seen()]);
    expect(await list()).toMatchObject([{ endedBy: null }, { endedBy: "quiet" }]);
  });

  test("of one flush, the latest word holds", async () => {
    const before = over();
    nowMs += 1000;
    await writeStateEvents(db, [before, seen()]);
    expect(await list()).toMatchObject([{ endedAt: null }]);
    nowMs += 1000;
    const [again, end] = [seen(), { ...over(), atMs: nowMs + 1 }];
    await writeStateEvents(db, [again, end]);
    expect(await list()).toMatchObject([{ endedBy: "answer" }]);
  });
});

test("an isolate tells of an incident at once, then once a minute, and again after its end", async () => {
  const state = createIsolateState({
    db,
    secrets: SECRETS,
    authKey: "",
    nowMs: () => nowMs,
    random: () => 0.5,
  });
  await state.ready();
  const seenAt = async () => {
    nowMs += 1001;
    await state.afterResponse();
    return (await list()).map(({ lastSeenAt }) => lastSeenAt);
  };
  const firstMs = nowMs;
  state.record(seen());
  expect(await seenAt()).toEqual([firstMs]);
  state.record(seen());
  expect(await seenAt()).toEqual([firstMs]);
  nowMs = firstMs + MINUTE_MS;
  state.record(seen());
  expect(await seenAt()).toEqual([firstMs + MINUTE_MS]);
  state.record(over());
  expect(await seenAt()).toEqual([firstMs + MINUTE_MS]);
  const againMs = nowMs;
  state.record(seen());
  expect(await seenAt()).toEqual([againMs]);
});

test("the webhook receives its beginning and its end, once each", async () => {
  const keyId = await storeKey("sk-fake-incident-key");
  const run = async () => {
    nowMs += 15 * MINUTE_MS;
    const report = await runUpkeep(context, { startedBy: "cron", idleMs: 0 });
    expect(report?.failed).toEqual([]);
    return report?.figures.raisedAlerts ?? 0;
  };
  await writeStateEvents(db, [seen({ keyIds: [keyId, "pk_gone"] })]);
  expect((await list())[0]?.keys.map((key) => key.masked)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^sk-…/), null]),
  );
  expect(await run()).toBe(1);
  expect(await run()).toBe(0);
  await writeStateEvents(db, [over()]);
  expect(await run()).toBe(1);
  expect(await run()).toBe(0);
  const alerts = await listAlerts(context, "en");
  expect(alerts.map(({ text }) => text)).toEqual([
    "OpenAI: the incident (bad-key) is over. It lasted 30 min.",
    expect.stringMatching(/^OpenAI: 2 keys failed in the same way within seconds \(bad-key\)/),
  ]);
});
