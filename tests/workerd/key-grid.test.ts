import { sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import type { ManageContext } from "../../lib/manage/manage-context";
import { readKeyGrid } from "../../lib/manage/read-key-grid";
import { ACTOR, db, emptyStore, SECRETS, storeKey } from "./test-store";

const NOW_MS = Date.UTC(2026, 10, 20, 12, 30);
const context: ManageContext = { db, secrets: SECRETS, nowMs: () => NOW_MS, actor: ACTOR };

beforeEach(emptyStore);

const rest = (keyId: string, model: string, untilMs: number) =>
  db.run(sql`
    insert into key_cooldowns (key_id, model, until_ms, reason, evidence, set_at_ms, version)
    values (${keyId}, ${model}, ${untilMs}, 'rate_limit_minute', '{}', ${NOW_MS}, 1)`);

test("each key for each model: resting for it or for all, blocked, not allowed, or ready", async () => {
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
