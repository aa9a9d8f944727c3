/** A version that was deployed without its migrations: it serves, and says what is missing. */
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sealKey } from "../../lib/crypto/seal";
import { openDatabase } from "../../lib/db/open-database";
import { missingMigrations } from "../../lib/db/schema/schema-version";
import { createIsolateState } from "../../lib/db/state/isolate-state";
import { DEFAULT_SETTINGS } from "../../lib/db/team/settings";
import { UsageRecorder } from "../../lib/db/usage/usage-recorder";
import { dropTables } from "../empty-database";
import { AlertReceiver } from "./alert-receiver";
import { counted } from "./counted-d1";
import { migrate } from "./migrate";
import { db, SECRETS } from "./test-store";
import { requestAt } from "./usage-events";

const NEWEST = env.TEST_MIGRATIONS.at(-1)?.name ?? "";

/** The columns that every version has. */
async function addKeyAndToken(d1: D1Database, id: string, version: number): Promise<void> {
  const sealed = await sealKey(`sk-${id}`, SECRETS.current, { id, provider: "openai" });
  await d1.batch([
    d1
      .prepare(
        `insert into provider_keys
           (id, provider, sealed, fingerprint, masked, models, created_at_ms, updated_at_ms, version)
         values (?1, 'openai', ?2, ?1, ?1, '["gpt-*"]', 0, 0, ?3)`,
      )
      .bind(id, sealed, version),
    d1
      .prepare(
        `insert into access_tokens
           (id, name, token_hash, masked, created_at_ms, updated_at_ms, version)
         values (?1, ?1, ?1, ?1, 0, 0, ?2)`,
      )
      .bind(id, version),
    d1.prepare("update state_version set version = ?").bind(version),
  ]);
}

describe.each([
  ["the version before", env.TEST_MIGRATIONS.length - 1],
  ["the version before routes and limits", 5],
])("on the database of %s", (_, migrations) => {
  const d1 = env.OLDER_DB;
  let nowMs = Date.now();
  const isolate = () =>
    createIsolateState({
      db: openDatabase(d1),
      secrets: SECRETS,
      authKey: "",
      nowMs: () => nowMs,
      random: () => 0.5,
    });

  beforeAll(async () => {
    await dropTables(d1);
    await migrate(d1, env.TEST_MIGRATIONS.slice(0, migrations));
    await addKeyAndToken(d1, "first", 1);
  });

  test("a cold isolate knows keys and tokens, and learns what changes", async () => {
    const state = isolate();
    await state.ready();
    const keysNow = () => [...state.pool("openai").keys()].map(({ id, models }) => [id, models]);
    expect(keysNow()).toEqual([["first", ["gpt-*"]]]);
    await addKeyAndToken(d1, "second", 2);
    await d1.prepare("delete from provider_keys where id = 'first'").run();
    await d1
      .prepare("insert into tombstones values ('provider-key', 'first', ?, 2)")
      .bind(nowMs)
      .run();
    nowMs += 10_000;
    await state.ready();
    expect(keysNow()).toEqual([["second", ["gpt-*"]]]);
  });

  // The oldest has no log yet.
  if (migrations > 5) {
    test("usage is recorded", async () => {
      const recorder = new UsageRecorder({
        db: openDatabase(d1),
        nowMs: () => nowMs,
        sleep: async () => undefined,
        random: () => 0.5,
        settings: () => DEFAULT_SETTINGS,
      });
      recorder.add(requestAt(nowMs, { tags: { customer: "acme" } }));
      await recorder.flush();
      const logged = await d1.prepare("select tags from request_log").all();
      expect(logged.results).toEqual([{ tags: '{"customer":"acme"}' }]);
    });
  }

  test("what is missing is known by name", async () => {
    const missing = env.TEST_MIGRATIONS.slice(migrations).map(({ name }) => name);
    expect(await missingMigrations(openDatabase(d1))).toEqual(missing);
  });
});

describe("the team is alerted", () => {
  const receiver = new AlertReceiver();
  beforeEach(() => receiver.reset());
  afterEach(() => db.run(sql`insert or ignore into d1_migrations (name) values (${NEWEST})`));

  test("once, until the migrations are applied", async () => {
    await db.run(sql`delete from d1_migrations where name = ${NEWEST}`);
    // Another isolate's context: this isolate knows that the migrations were applied.
    const later = { ...receiver.context, db: openDatabase(counted(env.DB).d1) };
    await receiver.run(later);
    await receiver.run(later);
    expect(receiver.texts()).toEqual([
      `The database is older than this version: 1 migrations to apply, up to ${NEWEST}. Requests are still served. Run npm run deploy.`,
    ]);
    await db.run(sql`insert into d1_migrations (name) values (${NEWEST})`);
    expect(await missingMigrations(later.db)).toEqual([]);
  });
});
