/** What the doctor finds in a store. */
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { beforeEach, expect, test } from "vitest";
import { openDatabase } from "../../lib/db/open-database";
import { examination } from "../../lib/manage/examine/examination";
import { examineInstance } from "../../lib/manage/examine/examine-instance";
import { addProviderKeys } from "../../lib/manage/keys/add-provider-keys";
import type { ManageContext } from "../../lib/manage/manage-context";
import type { CheckUpstream } from "../../lib/providers/check-request";
import { ACTOR, db, emptyStore, SECRETS } from "./test-store";
import { unreliable } from "./unreliable-d1";

let nowMs = 0;
const context: ManageContext = { db, secrets: SECRETS, nowMs: () => nowMs, actor: ACTOR };

beforeEach(async () => {
  nowMs = Date.now();
  await emptyStore();
  await db.run(sql`delete from upkeep`);
  await db.run(sql`delete from usage_days`);
});

/** `state check: message` of each finding. */
async function examine(changes: Partial<ManageContext> = {}, fetch?: CheckUpstream["fetch"]) {
  const result = await examineInstance(
    { ...context, ...changes },
    {
      env: { DB: env.DB, AUTH_KEY: "a-token-that-is-long-enough" },
      configProblem: null,
      signInProblems: ["GITHUB_ID needs GITHUB_SECRET too"],
      openUpstream: async () => ({
        fetch: fetch ?? (async () => Response.json({ data: [] })),
        gatewayUrl: null,
        gatewayToken: null,
        goesDirect: () => false,
      }),
    },
  );
  expect(examination.parse(result)).toEqual(result);
  return result.findings.map(({ state, check, message }) => `${state} ${check}: ${message}`);
}

const ran = (hoursAgo: number) =>
  db.run(sql`
    insert into upkeep (id, holder, lease_until_ms, started_at_ms, started_by, runs, finished_at_ms)
    values (1, null, 0, 0, 'cron', 1, ${nowMs - hoursAgo * 3_600_000})`);

test("keys that open, a pool that serves, a provider that answers", async () => {
  await addProviderKeys(context, { provider: "openai", keys: ["sk-fake-00000000001"] });
  await ran(2);
  expect(await examine()).toEqual(
    expect.arrayContaining([
      "warning variables: GITHUB_ID needs GITHUB_SECRET too",
      "ok migrations: every migration is applied",
      "ok cpu: a password was hashed: what takes long is answered",
      expect.stringMatching(/^ok database-size: the database has \d MB$/),
      "ok sealed-keys: all 1 keys open",
      "ok maintenance: maintenance ran 2 hours ago",
      "ok pools: OpenAI: 1 ready, 0 cooling, 0 blocked, 0 disabled",
      "ok gateway: no AI Gateway: requests go straight to providers",
      expect.stringMatching(/^ok providers: OpenAI answers in \d+ ms$/),
    ]),
  );
});

test("keys under the previous secret wait for resealing; under none they are lost", async () => {
  await addProviderKeys(context, { provider: "openai", keys: ["sk-fake-00000000001"] });
  const rotating = { current: "a new secret for tests", previous: SECRETS.current };
  expect(await examine({ secrets: rotating })).toContain(
    "warning sealed-keys: 1 of 1 keys are still sealed under the previous secret",
  );
  const told = await examine({ secrets: { ...rotating, previous: null } });
  expect(told).toContain(
    "fault sealed-keys: 1 of 1 keys were sealed under another KEY_ENCRYPTION_SECRET and do not open",
  );
  // Its key can't be sent, and everything else is checked regardless.
  expect(told).toContainEqual(expect.stringMatching(/^fault providers: OpenAI cannot be asked/));
});

test("maintenance that did not run for a day", async () => {
  await ran(30);
  expect(await examine()).toContain("warning maintenance: maintenance last ran 30 hours ago");
});

test("rows of the day that run short, and that are used up", async () => {
  const dayMs = Math.floor(nowMs / 86_400_000) * 86_400_000;
  const wrote = (rows: number) =>
    db.run(sql`
      insert into usage_days (day_ms, rows_written, dropped, unlogged) values (${dayMs}, ${rows}, 0, 0)
      on conflict (day_ms) do update set rows_written = excluded.rows_written`);
  await wrote(70_000);
  expect(await examine()).toContainEqual(
    expect.stringMatching(/^warning write-budget: .* 90000 rows: the request log is thinned out/),
  );
  await wrote(89_000);
  expect(await examine()).toContainEqual(expect.stringMatching(/^fault write-budget: /));
});

test("a schema that is behind, or ahead, is reported, and nothing that needs it is checked", async () => {
  await db.run(sql`insert into d1_migrations (name) values ('9999_future.sql')`);
  expect(await examine()).toContain(
    "warning migrations: the database was migrated by a later version: 9999_future.sql",
  );
  await db.run(sql`delete from d1_migrations where name like '9999%' or name like '0001%'`);
  const told = await examine();
  expect(told).toContain("fault migrations: not applied yet: 0001_portal.sql");
  expect(told.some((line) => line.includes(" pools: "))).toBe(false);
  await db.run(sql`insert into d1_migrations (name) values ('0001_portal.sql')`);
});

test("a database that does not answer", async () => {
  const connection = unreliable(env.DB);
  connection.mode = "down";
  expect(await examine({ db: openDatabase(connection.d1) })).toContain(
    "fault database: the database does not answer",
  );
});

test("an unreachable provider, and one that rejects its key", async () => {
  await addProviderKeys(context, { provider: "openai", keys: ["sk-fake-00000000001"] });
  await addProviderKeys(context, { provider: "groq", keys: ["gsk_fake000000001"] });
  const told = await examine({}, async (url) => {
    if (url.includes("groq")) throw new Error("no such host");
    const error = { message: "Incorrect API key provided", code: "invalid_api_key" };
    return Response.json({ error }, { status: 401 });
  });
  expect(told).toContain("fault providers: Groq cannot be reached");
  expect(told).toContainEqual(
    expect.stringMatching(/^warning providers: OpenAI rejects the key sk-\S+: 401 Incorrect/),
  );
});
