import { sql } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { writeStateEvents } from "../../lib/db/state/write-state-events";
import { addProviderKeys } from "../../lib/manage/keys/add-provider-keys";
import { findPaletteKeys, listPaletteTargets } from "../../lib/manage/list-palette-targets";
import type { ManageContext } from "../../lib/manage/manage-context";
import { parseInput } from "../../lib/manage/parse-input";
import { addProviderKeysInput } from "../../lib/manage/schemas";
import { readPoolOverview } from "../../lib/manage/usage/read-pool-overview";
import type { Evidence } from "../../lib/proxy/ports";
import { ACTOR, db, emptyStore, SECRETS, storeKey, storeToken } from "./test-store";

let nowMs = 0;
const context: ManageContext = { db, secrets: SECRETS, nowMs: () => nowMs, actor: ACTOR };

beforeEach(async () => {
  nowMs = Date.now();
  await emptyStore();
  await db.run(sql`delete from audit_log`);
  await db.run(sql`delete from key_events`);
});

const evidence = (meaning: Evidence["meaning"], words: string): Evidence => ({
  meaning,
  rule: "test",
  status: 429,
  words,
  requestId: "rq_1",
  model: "gpt-5-mini",
  atMs: nowMs,
});

const cool = (keyId: string, model: string, forMs: number) => ({
  kind: "key-cooled" as const,
  keyId,
  model,
  untilMs: nowMs + forMs,
  evidence: evidence("rate_limit_minute", "slow down"),
});

const block = (keyId: string) => ({
  kind: "key-blocked" as const,
  keyId,
  evidence: evidence("key_invalid", "no such key"),
});

describe("readPoolOverview", () => {
  test("the pool that needs a person most comes first, each with its keys by state", async () => {
    const [one, two] = [await storeKey("a", "mistral"), await storeKey("b", "mistral")];
    await storeKey("c", "openai");
    const dead = await storeKey("d", "groq");
    nowMs += 10;
    await writeStateEvents(db, [
      cool(one, "gpt-5-mini", 60_000),
      cool(one, "gpt-5", 90_000),
      cool(two, "*", 300_000),
      block(dead),
    ]);
    const { pools } = await readPoolOverview(context, { withPeople: false });
    expect(pools).toMatchObject([
      { label: "Groq", health: "dead", blocked: 1, nextReadyAtMs: null },
      { label: "Mistral", health: "resting", cooling: 2, ready: 0, nextReadyAtMs: nowMs + 90_000 },
      { label: "OpenAI", health: "serving", ready: 1, nextReadyAtMs: null },
    ]);
    nowMs += 100_000;
    const later = await readPoolOverview(context, { withPeople: false });
    expect(later.pools).toContainEqual(
      expect.objectContaining({ label: "Mistral", health: "serving", ready: 1, cooling: 1 }),
    );
  });

  test("shows what happened to keys, and to those who may know also what people did", async () => {
    const input = parseInput(addProviderKeysInput, {
      provider: "openai",
      keys: ["sk-fake-one-0123456789", "sk-fake-two-0123456789"],
    });
    await addProviderKeys(context, input);
    const row = await db.get<{ id: string }>(sql`select id from provider_keys limit 1`);
    nowMs += 10;
    await writeStateEvents(db, [block(row?.id ?? "")]);

    const { changes } = await readPoolOverview(context, { withPeople: true });
    expect(changes).toMatchObject([
      { kind: "blocked", label: "OpenAI", words: "no such key", actorName: null },
      { kind: "provider-key.add", label: "OpenAI", name: null, count: 2, actorName: ACTOR.name },
    ]);
    expect(JSON.stringify(changes)).not.toContain("sk-fake-one-0123456789");

    const forOthers = await readPoolOverview(context, { withPeople: false });
    expect(forOthers.changes.map(({ kind }) => kind)).toEqual(["blocked"]);
  });

  test("an empty store has no pools and no changes", async () => {
    expect(await readPoolOverview(context, { withPeople: true })).toEqual({
      pools: [],
      changes: [],
    });
  });
});

describe("listPaletteTargets", () => {
  test("finds everybody's tokens for admins, and one's own for others", async () => {
    await storeToken("ob-one", { name: "mine", ownerId: "us_1" });
    await storeToken("ob-two", { name: "theirs", ownerId: "us_2" });
    await storeToken("ob-three", { name: "over", ownerId: "us_1", status: "revoked" });
    const all = await listPaletteTargets(context, { ownerId: null, withModels: true });
    expect(all.tokens.map(({ name }) => name)).toEqual(["theirs", "mine"]);
    expect(all.providers).toContainEqual({ slug: "openai", label: "OpenAI" });
    const own = await listPaletteTargets(context, { ownerId: "us_1", withModels: false });
    expect(own.tokens.map(({ name }) => name)).toEqual(["mine"]);
    expect(JSON.stringify(own)).not.toContain("ob-one");
    expect(own.members).toEqual([]);
  });

  test("finds keys by their note, masked text or id, and only those that the reader may see", async () => {
    const [common, ofGroup] = [await storeKey("sk-one"), await storeKey("sk-two")];
    await storeKey("sk-three");
    await db.run(sql`update provider_keys set remark = 'Account of Mary' where id = ${common}`);
    await db.run(sql`
      update provider_keys set remark = 'mary, of a group', "groups" = '["gr_1"]' where id = ${ofGroup}`);
    const found = async (q: string, shownTo?: string) =>
      (await findPaletteKeys({ ...context, shownTo }, q)).map(({ remark }) => remark).toSorted();
    expect(await found("MARY")).toEqual(["Account of Mary", "mary, of a group"]);
    expect(await found("mary", "us_outside")).toEqual(["Account of Mary"]);
    expect(await found(common)).toEqual(["Account of Mary"]);
    expect(await found("nobody's")).toEqual([]);
  });
});
