import { sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { readKeyGrid } from "../../lib/manage/keys/read-key-grid";
import type { ManageContext } from "../../lib/manage/manage-context";
import { ACTOR, db, emptyStore, SECRETS, storeKey } from "./test-store";

const NOW_MS = Date.UTC(2026, 10, 20, 12, 30);
const context: ManageContext = { db, secrets: SECRETS, nowMs: () => NOW_MS, actor: ACTOR };

beforeEach(emptyStore);

const rest = (keyId: string, model: string, untilMs: number) =>
  db.run(sql`
    insert into key_cooldowns (key_id, model, until_ms, reason, evidence, set_at_ms, version)
    values (${keyId}, ${model}, ${untilMs}, 'rate_limit_minute', '{}', ${NOW_MS}, 1)`);

test("each key for each model: in cooldown for it or for all, blocked, not allowed, or ready", async () => {
  const ids = [];
  for (const name of ["a", "b", "c", "d", "e"]) ids.push(await storeKey(`sk-test-key-${name}`));
  const [one = "", two = "", three = "", four = ""] = ids;
  await storeKey("sk-other", "groq");
  await rest(one, "gpt-5", NOW_MS + 60_000);
  await rest(one, "gpt-5-mini", NOW_MS - 1);
  await rest(two, "*", NOW_MS + 90_000);
  await db.run(sql`update provider_keys set status = 'blocked' where id = ${three}`);
  await db.run(sql`update provider_keys set models = '["gpt-4*"]' where id = ${four}`);

  const { keys, models } = await readKeyGrid(context, "openai");
  expect(keys).toHaveLength(5);
  expect(keys.join()).not.toContain("sk-test-key-a");
  expect(models).toEqual([
    {
      model: "gpt-5",
      states: ["cooling", "cooling", "blocked", "none", "ready"],
      untilMs: { 0: NOW_MS + 60_000, 1: NOW_MS + 90_000 },
    },
  ]);
});

test("a provider without use or rests has no grid", async () => {
  await storeKey("sk-test-key-a");
  expect((await readKeyGrid(context, "openai")).models).toEqual([]);
});

test("of very many keys the newest are drawn, and their number is shown", async () => {
  const id = await storeKey("sk-test-key-a");
  await db.run(sql`
    insert into provider_keys (id, provider, sealed, fingerprint, masked, created_at_ms, updated_at_ms, version)
    select 'pk_0' || printf('%05d', key), 'openai', '', 'f' || key, 'old ' || key, 0, 0, 1
    from json_each(${JSON.stringify(Array(600).fill(0))})`);
  for (let model = 0; model < 14; model += 1) await rest(id, `model-${model}`, NOW_MS + 60_000);
  const { keys, keyCount, models, modelCount } = await readKeyGrid(context, "openai");
  expect([keys.length, keyCount, models.length, modelCount]).toEqual([500, 601, 12, 14]);
  expect(keys.at(-1)).not.toContain("old");
  expect(keys[0]).toBe("old 101");
});
