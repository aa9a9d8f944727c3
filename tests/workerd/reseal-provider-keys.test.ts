/** Rotation of the master secret: every key keeps working, and nothing is done twice or lost. */
import { env } from "cloudflare:workers";
import { asc, eq, sql } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { toBase64Url } from "../../lib/crypto/base64url";
import { deriveKeys } from "../../lib/crypto/derived-keys";
import { fingerprintKey } from "../../lib/crypto/fingerprint";
import { openSealed, sealKey } from "../../lib/crypto/seal";
import { readSealedKeys, writeSeals } from "../../lib/db/keys/reseal-provider-keys";
import { openDatabase } from "../../lib/db/open-database";
import { providerKeys } from "../../lib/db/schema/schema";
import { auditLog } from "../../lib/db/schema/team-schema";
import { createIsolateState } from "../../lib/db/state/isolate-state";
import { resealedProviderKeys } from "../../lib/manage/answer-schemas";
import { addProviderKeys } from "../../lib/manage/keys/add-provider-keys";
import { resealProviderKeysInput } from "../../lib/manage/keys/provider-key-schemas";
import { bindOldSeals, resealProviderKeys } from "../../lib/manage/keys/reseal-provider-keys";
import type { ManageContext } from "../../lib/manage/manage-context";
import { parseInput } from "../../lib/manage/parse-input";
import { addProviderKeysInput } from "../../lib/manage/schemas";
import { db, emptyStore, NO_AUDIT, SECRETS, storeKey } from "./test-store";

const NEW = "the secret after the rotation";
const BOTH = { current: NEW, previous: SECRETS.current };

const ACTOR = { kind: "token", id: "env_test", name: "test", ip: null, userAgent: null } as const;
const context: ManageContext = {
  db,
  secrets: BOTH,
  nowMs: Date.now,
  actor: ACTOR,
  allowPrivateUpstreams: false,
};

beforeEach(emptyStore);

async function reseal(limit = 200, secrets: ManageContext["secrets"] = BOTH) {
  const input = parseInput(resealProviderKeysInput, { limit });
  const result = await resealProviderKeys({ ...context, secrets }, input);
  expect(resealedProviderKeys.parse(result)).toEqual(result);
  return result;
}

const rows = () => db.select().from(providerKeys).orderBy(asc(providerKeys.id));

async function storeKeys(count: number): Promise<string[]> {
  const texts = Array.from({ length: count }, (_, index) => `sk-fake-${index}`);
  const keys = parseInput(addProviderKeysInput, { provider: "openai", keys: texts });
  await addProviderKeys({ ...context, secrets: SECRETS }, keys);
  return texts;
}

describe("resealProviderKeys", () => {
  test("call by call all keys get seals and fingerprints of the new secret, which alone opens them then", async () => {
    const texts = await storeKeys(25);
    expect(await reseal(10)).toEqual({ resealed: 10, remaining: 15, unopenable: 0, damaged: [] });
    expect(await reseal(10)).toMatchObject({ resealed: 10, remaining: 5 });
    expect(await reseal(10)).toMatchObject({ resealed: 5, remaining: 0 });
    expect(await reseal(10)).toMatchObject({ resealed: 0, remaining: 0 });

    const stored = await rows();
    const alone = { current: NEW, previous: null };
    const opened = await Promise.all(stored.map((row) => openSealed(row.sealed, alone, row)));
    expect(opened.toSorted()).toEqual(texts.toSorted());
    for (const [index, { fingerprint }] of stored.entries()) {
      expect(fingerprint).toBe(await fingerprintKey("openai", opened[index] ?? "", NEW));
    }
  });

  test("each call is in the audit log with the number of keys, and with no part of a key", async () => {
    await storeKeys(3);
    await db.delete(auditLog);
    await reseal(2);
    await reseal(2);
    await reseal(2);
    const entries = await db.select().from(auditLog).orderBy(asc(auditLog.id));
    expect(entries).toMatchObject([
      { action: "provider-key.reseal", subjectName: "2 keys", count: 2, actorId: "env_test" },
      { action: "provider-key.reseal", subjectName: "1 key", count: 1 },
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/fake|v\d\./);
  });

  test("nothing else about a key changes, not even its version: isolates need not read it again", async () => {
    await storeKey("sk-fake-1");
    const strip = ({ sealed: _, fingerprint: __, ...rest }: (typeof before)[number]) => rest;
    const before = await rows();
    await reseal();
    expect((await rows()).map(strip)).toEqual(before.map(strip));
  });

  test("an isolate that read a key before opens it afterwards", async () => {
    const id = await storeKey("sk-fake-1");
    const state = createIsolateState({
      db: openDatabase(env.DB),
      secrets: BOTH,
      authKey: "",
      allowPrivateUpstreams: false,
      nowMs: Date.now,
      random: () => 0.5,
    });
    await state.ready();
    await reseal();
    const key = state.pool("openai").get(id);
    expect(key && (await state.openKey(key))).toBe("sk-fake-1");
  });

  test("a key that was added again before or after is known as the same", async () => {
    await storeKeys(2);
    const again = parseInput(addProviderKeysInput, { provider: "openai", keys: ["sk-fake-0"] });
    expect(await addProviderKeys(context, again)).toMatchObject({ added: 0, duplicates: 1 });
    await reseal();
    expect(await addProviderKeys(context, again)).toMatchObject({ added: 0, duplicates: 1 });
  });

  test("two at once do every key once", async () => {
    await storeKeys(30);
    const results = await Promise.all([reseal(30), reseal(30), reseal(30)]);
    expect(results.reduce((sum, { resealed }) => sum + resealed, 0)).toBe(30);
    expect((await reseal()).remaining).toBe(0);
  });

  test("damaged keys are reported and don't stop the others, however few a call takes", async () => {
    const first = await storeKey("sk-fake-1");
    await storeKey("sk-fake-2");
    const [key] = await rows();
    const damaged = `${key?.sealed.slice(0, -4)}AAAA`;
    await db.update(providerKeys).set({ sealed: damaged }).where(eq(providerKeys.id, first));
    expect(await reseal(1)).toEqual({
      resealed: 1,
      remaining: 1,
      unopenable: 0,
      damaged: [first],
    });
    expect(await reseal(1)).toMatchObject({ resealed: 0, remaining: 1, damaged: [first] });
  });

  test("keys of a third secret are counted and left as they are", async () => {
    const id = await storeKey("sk-fake-1");
    const sealed = await sealKey("sk-fake-1", "a forgotten secret", { id, provider: "openai" });
    await db.update(providerKeys).set({ sealed }).where(eq(providerKeys.id, id));
    expect(await reseal()).toEqual({ resealed: 0, remaining: 0, unopenable: 1, damaged: [] });
    expect((await rows())[0]?.sealed).toBe(sealed);
  });

  test("without a previous secret nothing is done, and keys of another secret show", async () => {
    await storeKeys(2);
    const alone = { current: NEW, previous: null };
    expect(await reseal(10, alone)).toMatchObject({ resealed: 0, remaining: 0, unopenable: 2 });
    expect(await reseal(10, SECRETS)).toMatchObject({ resealed: 0, unopenable: 0 });
    const same = { current: SECRETS.current, previous: SECRETS.current };
    expect(await reseal(10, same)).toMatchObject({ resealed: 0, remaining: 0, unopenable: 0 });
    await expect(reseal(10, null)).rejects.toMatchObject({ code: "not_configured" });
  });

  test("a double that an isolate with the old secret added is resealed too", async () => {
    await storeKeys(1);
    await reseal();
    await addProviderKeys(
      { ...context, secrets: SECRETS },
      parseInput(addProviderKeysInput, { provider: "openai", keys: ["sk-fake-0"] }),
    );
    expect(await reseal()).toMatchObject({ resealed: 1, remaining: 0 });
    expect(await rows()).toHaveLength(2);
  });
});

describe("seals of before, which are bound to no row", () => {
  /** As earlier builds wrote it. */
  async function sealOfBefore(text: string, secret: string): Promise<string> {
    const { keyId, sealing } = await deriveKeys(secret);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const bytes = new TextEncoder().encode(text);
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, sealing, bytes);
    return `v1.${keyId}.${toBase64Url(iv)}.${toBase64Url(new Uint8Array(sealed))}`;
  }

  async function storeOldKey(text: string, secret = SECRETS.current): Promise<string> {
    const id = await storeKey(text);
    const sealed = await sealOfBefore(text, secret);
    await db.update(providerKeys).set({ sealed }).where(eq(providerKeys.id, id));
    return id;
  }

  test("still open, and the upkeep replaces them some at a time", async () => {
    await storeKey("sk-fake-new");
    for (const text of ["sk-fake-1", "sk-fake-2", "sk-fake-3"]) await storeOldKey(text);
    const ours = { ...context, secrets: SECRETS };
    const [, old] = await rows();
    expect(old && (await openSealed(old.sealed, SECRETS, old))).toBe("sk-fake-1");
    expect(await bindOldSeals(ours, 2)).toBe(2);
    expect(await bindOldSeals(ours, 2)).toBe(1);
    expect(await bindOldSeals(ours, 2)).toBe(0);
    const stored = await rows();
    expect(stored.every(({ sealed }) => sealed.startsWith("v2."))).toBe(true);
    const texts = await Promise.all(stored.map((row) => openSealed(row.sealed, SECRETS, row)));
    expect(texts).toEqual(["sk-fake-new", "sk-fake-1", "sk-fake-2", "sk-fake-3"]);
  });

  test("are resealed with a rotation, and count as remaining until then", async () => {
    await storeOldKey("sk-fake-1", NEW);
    await storeOldKey("sk-fake-2");
    expect(await reseal()).toEqual({ resealed: 1, remaining: 1, unopenable: 0, damaged: [] });
    expect(await reseal()).toMatchObject({ resealed: 1, remaining: 0 });
    expect(await reseal()).toMatchObject({ resealed: 0, remaining: 0 });
  });

  test("asking for them reads no row where there are none", async () => {
    await storeKeys(30);
    const plan = await db.all<{ detail: string }>(sql`explain query plan
      select id from provider_keys where sealed < 'v2.' order by id limit 100`);
    expect(plan.map(({ detail }) => detail).join()).toContain("provider_keys_old_seals");
  });
});

test("a key that is moved to another row or provider opens nowhere, in an isolate that opened it before too", async () => {
  const ids = [await storeKey("sk-fake-1"), await storeKey("sk-fake-2")];
  const state = createIsolateState({
    db: openDatabase(env.DB),
    secrets: SECRETS,
    authKey: "",
    allowPrivateUpstreams: false,
    nowMs: Date.now,
    random: () => 0.5,
  });
  await state.ready();
  const [first, second] = ids.map((id) => state.pool("openai").get(id));
  if (first === undefined || second === undefined) throw new Error("both are in the pool");
  expect(await state.openKey(first)).toBe("sk-fake-1");
  const moved = [
    { ...second, sealed: first.sealed },
    { ...first, provider: "evil" },
  ];
  for (const key of moved) {
    await expect(Promise.resolve().then(() => state.openKey(key))).rejects.toThrow("another row");
  }
  expect(await state.openKey(first)).toBe("sk-fake-1");
});

test("a seal is replaced only where it still is the one that was read", async () => {
  await storeKey("sk-fake-1");
  const [before] = await rows();
  const seal = { id: before?.id ?? "", from: "v1.other.iv.text", to: "v1.x.y.z", fingerprint: "f" };
  expect(await writeSeals(db, [seal], NO_AUDIT())).toBe(0);
  expect((await rows())[0]).toEqual(before);
  expect(
    await readSealedKeys(
      db,
      { secretId: "nosuchid", isOldForm: false },
      { afterId: "", limit: 10 },
    ),
  ).toEqual([]);
});
