/** A backup made and restored in the portal: afterwards everything is as it was. */

import { env } from "cloudflare:workers";
import { Buffer } from "node:buffer";
import { sql } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { encrypt } from "../../lib/crypto/archive-cipher";
import { fingerprintKey } from "../../lib/crypto/fingerprint";
import { hashPassword } from "../../lib/crypto/hash-password";
import { hashToken } from "../../lib/crypto/hash-token";
import { openSealed, type SealingSecrets } from "../../lib/crypto/seal";
import { dumpDatabase } from "../../lib/db/dump";
import { newRowId } from "../../lib/db/new-row-id";
import { openDatabase } from "../../lib/db/open-database";
import { queryOf } from "../../lib/db/restore-target";
import { accessTokens, providerKeys, settings } from "../../lib/db/schema/schema";
import { auditLog, type Role, users } from "../../lib/db/schema/team-schema";
import { requestLog, usageJournal } from "../../lib/db/schema/usage-schema";
import { createIsolateState } from "../../lib/db/state/isolate-state";
import type { Actor } from "../../lib/db/team/audit-log";
import {
  readSettings,
  SIGN_IN_SECRET_PLACE,
  TRACE_HEADERS_PLACE,
} from "../../lib/db/team/settings";
import { compactUsage } from "../../lib/db/usage/compact-usage";
import { writeUsage } from "../../lib/db/usage/write-usage";
import { createBackup } from "../../lib/manage/backup/create-backup";
import { restoreBackup } from "../../lib/manage/backup/restore-backup";
import { addGroup } from "../../lib/manage/groups/add-group";
import { listGroups } from "../../lib/manage/groups/list-groups";
import { putGroupMember } from "../../lib/manage/groups/put-group-member";
import { addProviderKeys } from "../../lib/manage/keys/add-provider-keys";
import type { ManageContext } from "../../lib/manage/manage-context";
import { ManageError } from "../../lib/manage/manage-error";
import { changeSettings } from "../../lib/manage/settings/change-settings";
import { changeSignInSettings } from "../../lib/manage/settings/sign-in-settings";
import { changeTraceSettings } from "../../lib/manage/settings/trace-settings";
import { createAccessToken } from "../../lib/manage/tokens/create-access-token";
import { listRequests } from "../../lib/manage/usage/list-requests";
import { saveView } from "../../lib/manage/views/save-view";
import { signInDeployment } from "../../lib/runtime/sign-in";
import { Cells } from "../../lib/usage/rollup";
import type { ReachedLimit } from "../../lib/usage/token-limits";
import { dropTables } from "../empty-database";
import { migrate } from "./migrate";
import { recordRequests } from "./record-requests";
import { db, SECRETS, storeKey, storeToken } from "./test-store";
import { auditActions, emptyTeam, refusal } from "./test-team";
import { requestAt } from "./usage-events";

const PASSWORD = "correct horse battery";
const PASSPHRASE = "a passphrase for tests";
const KEYS = Array.from({ length: 250 }, (_, index) => `sk-fake-${index}`);

/** The database into which backups are restored. */
const target = openDatabase(env.OLDER_DB);
let passwordHash = "";
let file = new Uint8Array();
let group = { groupId: "", token: "" };
const VIEW = { path: "/usage", name: "By key", query: "by=key", isShared: true };

/** The rows in the file. */
let before: ReadonlyMap<string, readonly string[]> = new Map();

function contextOf(database: typeof db, actorId: string, secrets: SealingSecrets): ManageContext {
  const actor: Actor = { kind: "user", id: actorId, name: actorId, ip: null, userAgent: null };
  return { db: database, secrets, nowMs: Date.now, actor };
}
const source = contextOf(db, "us_ada", SECRETS);
const into = (secrets: SealingSecrets = SECRETS) => contextOf(target, "us_new", secrets);

async function addUser(database: typeof db, id: string, role: Role): Promise<void> {
  const times = { createdAtMs: 1, updatedAtMs: 1 };
  const user = { id, email: `${id}@example.org`, name: id, role, passwordHash };
  await database.insert(users).values({ ...user, ...times });
}

/** A group with a member, a capped key and a token with tags, and what it was used for. */
async function addGroupWithAll(): Promise<{ readonly groupId: string; readonly token: string }> {
  const { id: groupId } = await addGroup(source, { name: "search", monthlyCostUsd: 50, weight: 3 });
  await addUser(db, "us_bob", "member");
  await putGroupMember(source, groupId, { userId: "us_bob", role: "admin" });
  const caps = { concurrentRequests: 2, dailyCostUsd: 5, monthlyCostUsd: 90 };
  const key = { key: "gsk_fake-of-the-group-0123456789", groups: [groupId], ...caps };
  await addProviderKeys(source, { provider: "groq", keys: [key] });
  const tags = { fixedTags: { customer: "acme" }, requiredTags: ["feature"] };
  const made = await createAccessToken(source, "everyone", null, {
    ...{ name: "group app", group: groupId, dailyRequests: 9, ...tags },
  });
  await changeSettings(source, { section: "tags", changes: { rollUp: ["customer"] } });
  const thenMs = Date.now() - 2 * 3_600_000;
  const reachedLimit: ReachedLimit = {
    ...{ holder: "group", id: groupId, name: "search", limit: "monthlyCostUsd" },
    ...{ most: 50, used: 50, held: 0, renewsAtMs: thenMs },
  };
  const events = [
    requestAt(thenMs, { tokenId: made.id, tags: { customer: "acme", feature: "rag" } }),
    requestAt(thenMs, {
      ...{ tokenId: made.id, outcome: "limited", status: 429, usage: null, reachedLimit },
      errorCode: "token_limit_reached",
    }),
  ];
  await recordRequests(events, thenMs, ["customer"]);
  await compactUsage(db, newRowId("uf", Date.now()), Date.now());
  return { groupId, token: made.token };
}

/** The rows that a backup of a database has, by table, without the versions that a restore renews. */
async function rowsOf(database: typeof db): Promise<ReadonlyMap<string, readonly string[]>> {
  const tables = new Map<string, string[]>();
  let rows: string[] = [];
  let version = -1;
  for await (const line of dumpDatabase(queryOf(database), {})) {
    const value: unknown = JSON.parse(line);
    if (Array.isArray(value)) {
      rows.push(JSON.stringify(version === -1 ? value : value.toSpliced(version, 1)));
      continue;
    }
    const { table, columns } = value as { table?: string; columns?: readonly string[] };
    if (table === undefined || columns === undefined) continue;
    rows = [];
    version = columns.indexOf("version");
    tables.set(table, rows);
  }
  return tables;
}

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(Buffer.concat(await Array.fromAsync(pieces)));
}

const restore = (context: ManageContext, changes: object = {}) =>
  restoreBackup(context, { password: PASSWORD, passphrase: PASSPHRASE, file, ...changes });

async function reasonOf(promise: Promise<unknown>): Promise<string | undefined> {
  const error = await promise.catch((caught: unknown) => caught);
  return error instanceof ManageError ? error.issues[0]?.path : String(error);
}

beforeAll(async () => {
  passwordHash = await hashPassword(PASSWORD);
  await emptyTeam();
  await db.delete(usageJournal);
  await addUser(db, "us_ada", "admin");
  for (const key of KEYS) await storeKey(key);
  await storeToken("ob-app", { name: "app", dailyCostUsd: 5 });
  await changeSettings(source, { section: "alerts", changes: { readyKeysBelow: 7 } });
  await changeTraceSettings(source, {
    ...{ endpoint: "https://otlp.one-balance.dev", headers: "x-key=of-the-receiver" },
  });
  await changeSignInSettings(source, signInDeployment({ DB: env.DB }, new Headers()), {
    ...{ issuer: "https://id.one-balance.dev", clientId: "a", clientSecret: "of-the-app" },
  });
  const cells = new Cells();
  for (let index = 0; index < 7; index++) cells.add(requestAt(Date.now()), null);
  const flush = { id: "uf_1", atMs: Date.now(), cells: cells.toStored(), logRows: [], spends: [] };
  await writeUsage(db, { ...flush, rowsWritten: 0, dropped: 0, unlogged: 0 });
  group = await addGroupWithAll();
  await saveView(source, { id: "us_ada", role: "admin" }, VIEW);
  file = await bytesOf(await createBackup(source, { password: PASSWORD, passphrase: PASSPHRASE }));
  before = await rowsOf(db);
  await dropTables(env.OLDER_DB);
  await migrate(env.OLDER_DB);
});

beforeEach(async () => {
  const tables = await target.all<{ name: string }>(
    sql`select name from sqlite_master where type = 'table' and name not like 'sqlite%'
      and name not glob '_cf*' and name not in ('d1_migrations', 'state_version')`,
  );
  for (const { name } of tables) await target.run(sql`delete from ${sql.identifier(name)}`);
  await addUser(target, "us_new", "admin");
});

describe("a backup", () => {
  test("is logged, and has no readable word in it", async () => {
    expect((await auditActions()).at(-1)).toBe("backup.create");
    const text = new TextDecoder("latin1").decode(file);
    expect(text.startsWith("OBBACKUP")).toBe(true);
    for (const word of ["provider_keys", "us_ada", group.groupId, SECRETS.current]) {
      expect(text).not.toContain(word);
    }
  });

  test("is not made without the password", async () => {
    const wrong = createBackup(source, { password: "wrong", passphrase: PASSPHRASE });
    expect(await refusal(wrong)).toBe("invalid_input");
  });
});

describe("a restore", () => {
  test("brings back keys by fingerprint, tokens, members, settings and usage, and is logged", async () => {
    const isolate = createIsolateState({
      db: target,
      secrets: SECRETS,
      authKey: "",
      nowMs: Date.now,
      random: () => 0.5,
    });
    await isolate.ready();
    const { rows } = await restore(into());
    expect(rows).toBeGreaterThan(KEYS.length);
    const keysOf = (of: typeof db) =>
      of
        .select({ id: providerKeys.id, seal: providerKeys.sealed, print: providerKeys.fingerprint })
        .from(providerKeys)
        .orderBy(providerKeys.id);
    expect(await keysOf(target)).toEqual(await keysOf(db));
    for (const table of [requestLog, usageJournal]) {
      expect(await target.select().from(table)).toEqual(await db.select().from(table));
    }
    expect((await target.select().from(users)).map(({ id }) => id).sort()).toEqual([
      "us_ada",
      "us_bob",
      "us_new",
    ]);
    const names = (await target.select().from(settings)).map(({ name }) => name);
    expect(names.sort()).toEqual(["alerts", "signIn", "tags", "traces"]);
    expect((await target.select().from(auditLog)).map(({ action }) => action)).toContain(
      "backup.restore",
    );
    // An isolate that knew the empty instance learns about everything.
    isolate.expire();
    await isolate.ready();
    expect(isolate.pool("openai").size).toBe(KEYS.length);
    expect(await isolate.findAccessToken("ob-app")).toMatchObject({ name: "app" });
  });

  test("brings back every row of every table, groups, tags and caps among them", async () => {
    const previous = await rowsOf(target);
    await restore(into());
    const after = await rowsOf(target);
    expect([...after.keys()]).toEqual([...before.keys()]);
    for (const [table, rows] of before) {
      if (table === "state_version") continue;
      const added = (after.get(table) ?? []).filter((row) => !previous.get(table)?.includes(row));
      // The restore itself is in the audit log.
      const own =
        table === "audit_log" ? added.filter((row) => !/backup.restore/.test(row)) : added;
      expect(own.sort(), table).toEqual(rows.toSorted());
    }
    for (const table of [
      "team_groups",
      "group_members",
      "usage_tags",
      "usage_tag_values",
      "saved_views",
    ]) {
      expect(before.get(table), table).not.toEqual([]);
    }
  });

  test("brings back what groups, tags and caps mean", async () => {
    await restore(into());
    const isolate = createIsolateState({
      db: target,
      secrets: SECRETS,
      authKey: "",
      nowMs: Date.now,
      random: () => 0.5,
    });
    await isolate.ready();
    const token = await isolate.findAccessToken(group.token);
    expect(token).toMatchObject({
      group: { id: group.groupId, weight: 3, usesCommonKeys: true },
      fixedTags: { customer: "acme" },
      requiredTags: ["feature"],
    });
    expect(token?.limitHolders?.map(({ kind, id }) => [kind, id])).toEqual(
      expect.arrayContaining([["group", group.groupId]]),
    );
    // The group's key serves the group, and no one else.
    expect(isolate.pool("groq").size).toBe(0);
    const [key] = isolate.pool("groq", token?.group).keys();
    expect(key?.caps).toEqual({ concurrentRequests: 2, dailyCostUsd: 5, monthlyCostUsd: 90 });
    const restored = { ...into(), db: target };
    const [listed] = await listGroups(restored);
    expect(listed).toMatchObject({
      ...{ name: "search", monthlyCostUsd: 50, keys: 1, tokens: 1 },
      members: [{ id: "us_bob", role: "admin" }],
    });
    const { items } = await listRequests(restored, {
      ...{ group: group.groupId, limit: 50, format: "json" },
    });
    expect(items.map(({ tags, reachedLimit }) => tags ?? reachedLimit?.holder)).toEqual(
      expect.arrayContaining([{ customer: "acme", feature: "rag" }, "group"]),
    );
  });

  test("into an instance with another secret seals every key under it", async () => {
    const other = { current: "another secret", previous: null };
    const secretsOf = async () => {
      const { traces, signIn } = (await readSettings(target)).settings;
      return Promise.all([
        openSealed(traces.headers, other, TRACE_HEADERS_PLACE),
        openSealed(signIn.clientSecret, other, SIGN_IN_SECRET_PLACE),
      ]);
    };
    await restore(into(other));
    const prints = new Set(
      (await target.select().from(providerKeys)).map(({ fingerprint }) => fingerprint),
    );
    for (const key of KEYS) {
      expect(prints).toContain(await fingerprintKey("openai", key, other.current));
    }
    const [token] = await target.select().from(accessTokens).orderBy(accessTokens.id);
    expect(token?.tokenHash).toBe(await hashToken("ob-app"));
    const isolate = createIsolateState({
      db: target,
      secrets: other,
      authKey: "",
      nowMs: Date.now,
      random: () => 0.5,
    });
    await isolate.ready();
    const [key] = isolate.pool("openai").keys();
    expect(key && KEYS.includes((await isolate.openKey(key)) ?? "")).toBe(true);
    expect(await secretsOf()).toEqual(["x-key=of-the-receiver", "of-the-app"]);
  });

  test("that was cut short is begun again with the same file", async () => {
    const client = target.$client;
    let calls = 0;
    const dying = new Proxy(client, {
      get(inner, name) {
        const value: unknown = Reflect.get(inner, name);
        if (name === "prepare" && typeof value === "function") {
          return (statement: string) => {
            if (statement.startsWith("insert or replace") && ++calls === 3) throw new Error("gone");
            return client.prepare(statement);
          };
        }
        return typeof value === "function" ? value.bind(inner) : value;
      },
    });
    const broken = { ...into(), db: openDatabase(dying) };
    await expect(restore(broken)).rejects.toThrow("gone");
    await restore(into());
    expect(await target.select().from(providerKeys)).toHaveLength(KEYS.length + 1);
  });

  test("into an instance with data is rejected", async () => {
    await restore(into());
    expect(await refusal(restore(into()))).toBe("conflict");
  });

  test.each([
    ["another passphrase", { passphrase: "another passphrase" }, "file.unreadable"],
    ["no password", { password: "wrong" }, "password"],
  ])("with %s changes nothing", async (_, changes, reason) => {
    expect(await reasonOf(restore(into(), changes))).toBe(reason);
    expect(await target.select().from(settings)).toEqual([]);
  });

  test("of a damaged file, a cut one, or one that is none changes nothing", async () => {
    const flipped = file.with(file.length - 200, (file.at(-200) ?? 0) ^ 1);
    for (const damaged of [flipped, file.subarray(0, -100), new Uint8Array(100)]) {
      expect(await reasonOf(restore(into(), { file: damaged }))).toBe("file.unreadable");
    }
    expect(await target.select().from(settings)).toEqual([]);
  });

  test("of a file that was made for more memory says so before it tries", async () => {
    async function* nothing() {
      yield new Uint8Array();
    }
    const heavy = await bytesOf(encrypt(nothing(), PASSPHRASE, { logN: 15, r: 8, p: 1 }));
    expect(await reasonOf(restore(into(), { file: heavy }))).toBe("file.too_heavy");
  });
});
