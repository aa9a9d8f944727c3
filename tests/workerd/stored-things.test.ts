/** Who created what is stored, as isolates learn it from each other through D1. */
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { openDatabase } from "../../lib/db/open-database";
import { createIsolateState, type IsolateState } from "../../lib/db/state/isolate-state";
import type { StateEvent } from "../../lib/proxy/ports";
import { db, emptyStore, SECRETS } from "./test-store";

const DAY_MS = 86_400_000;
let nowMs = 0;
beforeEach(async () => {
  nowMs = Date.now();
  await emptyStore();
  await db.run(sql`delete from resource_keys`);
});

const startIsolate = () =>
  createIsolateState({
    db: openDatabase(env.DB),
    secrets: SECRETS,
    authKey: "",
    nowMs: () => nowMs,
    random: () => 0.5,
  });

const seen = (resource: string, fields: object = {}): StateEvent => ({
  kind: "resource-seen",
  provider: "openai",
  resource,
  keyId: "pk_1",
  tokenId: null,
  userId: null,
  atMs: nowMs,
  ...fields,
});

/** Writes what the isolate has recorded. */
async function flush(state: IsolateState): Promise<void> {
  nowMs += 2_000;
  await state.afterResponse();
}

test("another isolate knows the key and the creator; a later one owns nothing", async () => {
  const [one, two] = [startIsolate(), startIsolate()];
  one.record(seen("file-1", { tokenId: "at_1", userId: "us_1" }));
  await flush(one);
  two.record(seen("file-1", { keyId: "pk_2", tokenId: "at_2" }));
  await flush(two);
  const three = startIsolate();
  const things = await three.storedThings("openai", ["file-1", "file-2"]);
  expect([...things]).toEqual([["file-1", { keyId: "pk_2", tokenId: "at_1", userId: "us_1" }]]);
  expect([...(await three.storedThings("groq", ["file-1"]))]).toEqual([]);
});

test("a mention tells the key of what is unknown, and changes nothing else", async () => {
  const keyOf = async () => {
    const [thing] = (await startIsolate().storedThings("openai", ["file-1"])).values();
    return thing?.keyId;
  };
  const mention = (keyId: string) => seen("file-1", { keyId, isMentioned: true });
  const [one, two, three] = [startIsolate(), startIsolate(), startIsolate()];
  one.record(mention("pk_1"));
  await flush(one);
  two.record(mention("pk_2"));
  await flush(two);
  expect(await keyOf()).toBe("pk_1");
  one.record(seen("file-1", { keyId: "pk_3" }));
  one.record(mention("pk_4"));
  await flush(one);
  expect(await keyOf()).toBe("pk_3");
  nowMs += 80 * DAY_MS;
  three.record(mention("pk_5"));
  await flush(three);
  expect(await keyOf()).toBe("pk_3");
});

test("of one flush it counts who created it, not that it was named as well", async () => {
  const one = startIsolate();
  one.record(seen("file-1", { tokenId: "at_1" }));
  one.record(seen("file-1", { keyId: "pk_2" }));
  await flush(one);
  const [thing] = (await startIsolate().storedThings("openai", ["file-1"])).values();
  expect(thing?.tokenId).toBe("at_1");
});

test("what was missing is read again when it matters, otherwise after a while", async () => {
  const [one, two] = [startIsolate(), startIsolate()];
  expect((await two.storedThings("openai", ["file-1"])).size).toBe(0);
  one.record(seen("file-1", { tokenId: "at_1" }));
  await flush(one);
  expect((await two.storedThings("openai", ["file-1"])).size).toBe(0);
  expect((await two.storedThings("openai", ["file-1"], true)).size).toBe(1);
});

test("rows from before have no maker, and what is used is kept in mind", async () => {
  await db.run(sql`insert into resource_keys (provider, resource, key_id, at_ms)
    values ('openai', 'file-old', 'pk_1', ${nowMs - 80 * DAY_MS})`);
  const one = startIsolate();
  const [thing] = (await one.storedThings("openai", ["file-old"])).values();
  expect(thing).toEqual({ keyId: "pk_1", tokenId: null, userId: null });
  await flush(one);
  const [row] = await db.all<{ at: number }>(sql`select at_ms as at from resource_keys`);
  expect(nowMs - (row?.at ?? 0)).toBeLessThan(DAY_MS);
});

test("the store knows the group of the token that created it, revoked or not", async () => {
  await db.run(sql`insert into access_tokens
      (id, name, token_hash, masked, status, group_id, created_at_ms, updated_at_ms, version)
    values ('at_9', 'nine', 'hash', 'masked', 'revoked', 'gr_1', 0, 0, 1)`);
  const [one, two] = [startIsolate(), startIsolate()];
  const made = { keyId: "pk_1", tokenId: "at_9", userId: "us_1", groupId: "gr_1" };
  one.record(seen("file-1", made));
  one.record(seen("file-2", { tokenId: "at_gone" }));
  const things = (isolate: IsolateState) => isolate.storedThings("openai", ["file-1", "file-2"]);
  expect((await things(one)).get("file-1")).toEqual(made);
  await flush(one);
  expect([...(await things(two)).values()]).toEqual([
    made,
    { keyId: "pk_1", tokenId: "at_gone", userId: null },
  ]);
});
