/** Suspicions against keys and how they end, as people see them. */
import { sql } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { findSuspicions } from "../../lib/db/state/key-events";
import { writeStateEvents } from "../../lib/db/state/write-state-events";
import { listIncidents } from "../../lib/manage/alerts/list-incidents";
import { readProviderKey } from "../../lib/manage/keys/read-provider-key";
import { resetProviderKey } from "../../lib/manage/keys/reset-provider-key";
import type { Evidence, StateEvent } from "../../lib/proxy/ports";
import { ACTOR, db, emptyStore, SECRETS, storeKey } from "./test-store";

const MINUTE_MS = 60_000;
let nowMs = 0;
const context = { db, secrets: SECRETS, nowMs: () => nowMs, actor: ACTOR };

beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 24, 12);
  await emptyStore();
  await db.batch([db.run(sql`delete from incidents`), db.run(sql`delete from key_events`)]);
});

const evidence = (): Evidence => ({
  meaning: "key_invalid",
  rule: "bad-key",
  status: 401,
  words: "no such key",
  requestId: "req_1",
  model: "gpt-5",
  atMs: nowMs,
});
const suspected = (keyId: string): StateEvent => ({
  kind: "key-suspected",
  keyId,
  evidence: evidence(),
});
const cleared = (keyId: string): StateEvent => ({ kind: "key-cleared", keyId, atMs: nowMs });
const blocked = (keyId: string): StateEvent => ({
  kind: "key-blocked",
  keyId,
  evidence: evidence(),
});

async function suspicionOf(id: string) {
  const { key } = await readProviderKey(context, id);
  return key.suspicion;
}

async function storyOf(id: string) {
  const { history } = await readProviderKey(context, id);
  return history.map((entry) => (entry.by === "event" ? entry.kind : entry.action)).toReversed();
}

describe("a suspicion", () => {
  test("is kept with its evidence, and recorded once however often it is written", async () => {
    const id = await storeKey("sk-fake-suspect");
    const event = suspected(id);
    await writeStateEvents(db, [event]);
    await writeStateEvents(db, [event]);
    expect(await suspicionOf(id)).toMatchObject({ rule: "bad-key", words: "no such key" });
    expect(await storyOf(id)).toEqual(["suspected"]);
    expect((await readProviderKey(context, id)).key.state).toBe("ready");
  });

  test.each<readonly [string, (id: string) => Promise<unknown>, readonly string[]]>([
    ["the key answers", (id) => writeStateEvents(db, [cleared(id)]), ["suspected", "cleared"]],
    ["it is blocked", (id) => writeStateEvents(db, [blocked(id)]), ["suspected", "blocked"]],
    [
      "another isolate has an answer of it",
      (id) => writeStateEvents(db, [{ kind: "key-used", keyId: id, atMs: nowMs }]),
      ["suspected"],
    ],
    [
      "nothing was heard for a day",
      async () => {
        nowMs += 25 * 60 * MINUTE_MS;
      },
      ["suspected"],
    ],
    [
      "a person resets the key",
      (id) => resetProviderKey(context, id),
      ["suspected", "provider-key.reset"],
    ],
  ])("ends where %s", async (_, end, story) => {
    const id = await storeKey("sk-fake-suspect");
    await writeStateEvents(db, [suspected(id)]);
    nowMs += MINUTE_MS;
    await end(id);
    expect(await suspicionOf(id)).toBeNull();
    expect(await storyOf(id)).toEqual(story);
  });

  test("of a key that is condemned at the same time is recorded as the block alone", async () => {
    const id = await storeKey("sk-fake-suspect");
    await writeStateEvents(db, [suspected(id), blocked(id)]);
    expect(await storyOf(id)).toEqual(["blocked"]);
  });

  test("comes up again after it was cleared", async () => {
    const id = await storeKey("sk-fake-suspect");
    for (const event of [suspected, cleared, suspected]) {
      await writeStateEvents(db, [event(id)]);
      nowMs += 1_000;
    }
    expect(await suspicionOf(id)).not.toBeNull();
    expect([...(await findSuspicions(db, [id, "pk_none"], nowMs)).keys()]).toEqual([id]);
  });
});

test("an incident says who was convicted and who was acquitted", async () => {
  const ids = await Promise.all(["a", "b", "c"].map((name) => storeKey(`sk-fake-suspect-${name}`)));
  const [guilty = "", innocent = "", open = ""] = ids;
  await writeStateEvents(db, ids.map(suspected));
  nowMs += 5_000;
  const sighting: StateEvent = {
    kind: "incident-seen",
    provider: "openai",
    rule: "bad-key",
    meaning: "key_invalid",
    status: 401,
    words: "no such key",
    effect: "block",
    keyIds: ids,
    sinceMs: nowMs,
    atMs: nowMs,
  };
  await writeStateEvents(db, [sighting]);
  nowMs += MINUTE_MS;
  await writeStateEvents(db, [
    cleared(innocent),
    blocked(guilty),
    { kind: "incident-over", provider: "openai", atMs: nowMs },
  ]);
  const [incident] = await listIncidents(context, {});
  expect(new Map(incident?.keys.map(({ id, verdict }) => [id, verdict]))).toEqual(
    new Map([
      [guilty, "convicted"],
      [innocent, "acquitted"],
      [open, null],
    ]),
  );
});
