/** Many keys: a new isolate starts with the best of each provider and reads the others part by part. */
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { openDatabase } from "../../lib/db/open-database";
import { createIsolateState } from "../../lib/db/state/isolate-state";
import { FIRST_KEYS, NEXT_KEYS } from "../../lib/db/state/read-state";
import { runBatch } from "../../lib/db/state/state-version";
import { db, emptyStore, SECRETS, storeKey } from "./test-store";
import { unreliable } from "./unreliable-d1";

const MANY = FIRST_KEYS + 2 * NEXT_KEYS;
const idOf = (number: number) => `pk_${String(number).padStart(6, "0")}`;
const LAST = idOf(MANY);
/** Of all keys other than `MANY`, the one that is to be used before them. */
const BEST = "pk_zz_best";

beforeEach(async () => {
  await emptyStore();
  // `sealed` is never decrypted here.
  await db.run(sql`
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${MANY})
    insert into provider_keys (id, provider, sealed, fingerprint, masked, priority, created_at_ms, updated_at_ms, version)
    select printf('pk_%06d', i), 'openai', 'v2.', 'f' || i, 'sk-', 1, 0, 0, 1 from n`);
  await db.run(sql`
    insert into provider_keys (id, provider, sealed, fingerprint, masked, priority, created_at_ms, updated_at_ms, version)
    values (${BEST}, 'openai', 'v2.', 'best', 'sk-', 0, 0, 0, 1)`);
  await db.run(sql`
    insert into key_cooldowns (key_id, model, until_ms, reason, evidence, set_at_ms, version)
    values (${LAST}, 'm1', ${Date.now() + 60_000}, 'rate_limit_minute', '{}', 0, 1)`);
});

function startIsolate() {
  let nowMs = Date.now();
  const store = unreliable(env.DB);
  const state = createIsolateState({
    db: openDatabase(store.d1),
    secrets: SECRETS,
    authKey: "",
    nowMs: () => nowMs,
    random: () => 0.5,
  });
  const respond = async () => {
    nowMs += 10;
    await state.afterResponse();
  };
  return { state, respond, size: () => state.pool("openai").size };
}

test("the first answer waits for the best keys alone, and each answer after it brings a part", async () => {
  const rare = await storeKey("sk-fake-rare", "groq");
  const { state, respond, size } = startIsolate();
  await state.ready();
  expect(size()).toBe(FIRST_KEYS + 1);
  expect(state.pool("openai").get(BEST)).toBeDefined();
  expect(state.pool("groq").get(rare)).toBeDefined();

  const sizes = [];
  for (let answers = 0; answers < 5; answers += 1) {
    await respond();
    sizes.push(size());
  }
  // The first read has nothing after it; the rest comes in three, with what the parts have in common.
  expect(sizes[0]).toBe(FIRST_KEYS + 1);
  expect(sizes).toEqual([...sizes].sort((one, other) => one - other));
  expect(sizes.at(-1)).toBe(MANY + 1);
  expect(state.whole()).toBeNull();
  const last = state.pool("openai").get(LAST);
  expect(last?.cooldowns.has("m1")).toBe(true);
});

test("a request that needs all of them waits for all, and changes reach those that are still to be read", async () => {
  const { state, size } = startIsolate();
  await state.ready();
  await runBatch(db, [
    sql`update provider_keys set status = 'disabled', version = 2 where id = ${idOf(MANY - 1)}`,
    sql`delete from provider_keys where id = ${idOf(MANY - 2)}`,
    sql`insert into tombstones (kind, id, deleted_at_ms, version) values ('provider-key', ${idOf(MANY - 2)}, ${Date.now()}, 2)`,
    sql`update state_version set version = version + 1`,
  ]);
  await state.whole();
  expect(size()).toBe(MANY);
  expect(state.pool("openai").get(idOf(MANY - 1))?.status).toBe("disabled");
  expect(state.pool("openai").get(idOf(MANY - 2))).toBeUndefined();
});
