/** Changing many keys at once, undoing it, and what the logs record of it. */
import { asc, eq } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { hashPassword } from "../../lib/crypto/hash-password";
import { keyCooldowns, providerKeys, stateVersion } from "../../lib/db/schema/schema";
import { auditLog, users } from "../../lib/db/schema/team-schema";
import { writeStateEvents } from "../../lib/db/state/write-state-events";
import { changedProviderKeys } from "../../lib/manage/answer-schemas";
import { addProviderKeys } from "../../lib/manage/keys/add-provider-keys";
import { browseProviderKeys } from "../../lib/manage/keys/browse-provider-keys";
import { changeProviderKeys } from "../../lib/manage/keys/change-provider-keys";
import { checkProviderKeys } from "../../lib/manage/keys/check-provider-key";
import { deleteProviderKey } from "../../lib/manage/keys/delete-provider-key";
import { deleteProviderKeys } from "../../lib/manage/keys/delete-provider-keys";
import { exportProviderKeys } from "../../lib/manage/keys/export-provider-keys";
import { listProviderKeyIds } from "../../lib/manage/keys/list-provider-key-ids";
import { previewProviderKeys } from "../../lib/manage/keys/preview-provider-keys";
import {
  browseProviderKeysInput,
  changeProviderKeysInput,
  undoProviderKeysInput,
} from "../../lib/manage/keys/provider-key-schemas";
import { readProviderKey } from "../../lib/manage/keys/read-provider-key";
import { resetProviderKey } from "../../lib/manage/keys/reset-provider-key";
import { summarizeProviderKeys } from "../../lib/manage/keys/summarize-provider-keys";
import { undoProviderKeys } from "../../lib/manage/keys/undo-provider-keys";
import { updateProviderKey } from "../../lib/manage/keys/update-provider-key";
import type { ManageContext } from "../../lib/manage/manage-context";
import { parseInput } from "../../lib/manage/parse-input";
import { addProviderKeysInput } from "../../lib/manage/schemas";
import { readPastedKeys } from "../../lib/moving-in/read-pasted-keys";
import type { CheckUpstream } from "../../lib/providers/check-request";
import type { Evidence } from "../../lib/proxy/ports";
import { db, emptyStore, SECRETS, storeKey } from "./test-store";

let nowMs = 0;

const ACTOR = {
  kind: "user",
  id: "us_ada",
  name: "ada@example.com",
  ip: "192.0.2.1",
  userAgent: "test",
} as const;
const ADA = {
  id: "us_ada",
  email: "ada@example.com",
  name: "Ada",
  role: "admin",
  createdAtMs: 1,
  updatedAtMs: 1,
} as const;

const context: ManageContext = { db, secrets: SECRETS, nowMs: () => nowMs, actor: ACTOR };

beforeEach(async () => {
  nowMs = Date.now();
  await emptyStore();
});

const add = (keys: readonly unknown[], provider = "openai") =>
  addProviderKeys(context, parseInput(addProviderKeysInput, { provider, keys }));

const change = async (target: unknown, kind: unknown) => {
  const result = await changeProviderKeys(
    context,
    parseInput(changeProviderKeysInput, {
      target,
      change: typeof kind === "string" ? { kind } : kind,
    }),
  );
  expect(changedProviderKeys.parse(result)).toEqual(result);
  return result;
};

const undo = (how: unknown) => undoProviderKeys(context, parseInput(undoProviderKeysInput, how));

const browse = (query: Record<string, unknown> = {}) =>
  browseProviderKeys(
    context,
    parseInput(browseProviderKeysInput, { provider: "openai", ...query }),
  );

const states = async () =>
  Object.fromEntries((await browse()).items.map(({ id, state }) => [id, state]));

const entries = () => db.select().from(auditLog).orderBy(asc(auditLog.id));

const evidence = (more: Partial<Evidence> = {}): Evidence => ({
  meaning: "rate_limit_minute",
  rule: "test",
  status: 429,
  words: "slow down",
  requestId: "req_test",
  model: "m1",
  atMs: nowMs,
  ...more,
});

const cool = (keyId: string, model: string, forMs = 60_000, more: Partial<Evidence> = {}) =>
  writeStateEvents(db, [
    { kind: "key-cooled", keyId, model, untilMs: nowMs + forMs, evidence: evidence(more) },
  ]);

const block = (keyId: string) =>
  writeStateEvents(db, [
    { kind: "key-blocked", keyId, evidence: evidence({ meaning: "key_invalid", words: "dead" }) },
  ]);

const row = (id: string) => db.select().from(providerKeys).where(eq(providerKeys.id, id)).get();

describe("changeProviderKeys", () => {
  test("disables what is not disabled; its undo blocks again what was blocked, with its evidence", async () => {
    const [one, two, off] = [await storeKey("k1"), await storeKey("k2"), await storeKey("k3")];
    await block(two);
    await change({ ids: [off] }, "disable");
    const before = await row(two);

    const result = await change({ filter: { provider: "openai" } }, "disable");
    expect(result.changed).toBe(2);
    expect(await states()).toEqual({ [one]: "disabled", [two]: "disabled", [off]: "disabled" });
    expect(await undo(result.undo)).toEqual({ changed: 2 });
    expect(await states()).toEqual({ [one]: "ready", [two]: "blocked", [off]: "disabled" });
    expect(await row(two)).toMatchObject({ reason: "key_invalid", evidence: before?.evidence });
    expect((await row(one))?.reason).toBeNull();
  });

  test("enables only disabled keys, unblocks only blocked ones", async () => {
    const [off, dead] = [await storeKey("k1"), await storeKey("k2")];
    await change({ ids: [off] }, "disable");
    await block(dead);
    const enabled = await change({ ids: [off, dead] }, "enable");
    expect(enabled.changed).toBe(1);
    expect(await states()).toEqual({ [off]: "ready", [dead]: "blocked" });
    expect(await undo(enabled.undo)).toEqual({ changed: 1 });
    expect(await states()).toEqual({ [off]: "disabled", [dead]: "blocked" });
    expect(await change({ ids: [off, dead] }, "unblock")).toEqual({ changed: 1, undo: null });
    expect(await states()).toEqual({ [off]: "disabled", [dead]: "ready" });
  });

  test("ends all cooldowns, or those for one model, and isolates learn about it", async () => {
    const [one, two] = [await storeKey("k1"), await storeKey("k2")];
    await cool(one, "m1");
    await cool(one, "m2");
    await cool(two, "m2");
    const version = async () => (await db.select().from(stateVersion).get())?.version ?? 0;
    const before = await version();
    expect(await change({ ids: [one, two] }, { kind: "end-cooldowns", model: "m1" })).toMatchObject(
      {
        changed: 1,
      },
    );
    expect((await db.select().from(keyCooldowns)).map(({ model }) => model)).toEqual(["m2", "m2"]);
    expect((await row(one))?.version).toBeGreaterThan(before);
    expect(await change({ filter: { status: "cooling" } }, "end-cooldowns")).toMatchObject({
      changed: 2,
    });
    expect(await db.$count(keyCooldowns)).toBe(0);
    // What an isolate recorded before, and writes only now, doesn't apply.
    await cool(one, "m1");
    expect(await db.$count(keyCooldowns)).toBe(0);
  });

  test("sets what is given for all that match, and puts each key's own values back", async () => {
    await add([
      { key: "k1", remark: "A", weight: 5, models: ["m1"] },
      { key: "k2", remark: "B" },
      { key: "k3", remark: "B", quotaDomain: "org" },
    ]);
    await add(["gsk"], "groq");
    const before = (await browse()).items;
    const settings = { remark: null, quotaDomain: "shared", models: ["gpt-*"], weight: 9 };
    const result = await change({ filter: { provider: "openai" } }, { kind: "set", settings });
    expect(result.changed).toBe(3);
    for (const key of (await browse()).items) expect(key).toMatchObject(settings);
    expect((await browse({ provider: "groq" })).items[0]).toMatchObject({
      weight: 1,
      models: null,
    });
    expect(await undo(result.undo)).toEqual({ changed: 3 });
    expect((await browse()).items).toEqual(before);
  });

  test("10,000 keys at once, and back", async () => {
    await add(Array.from({ length: 10_000 }, (_, index) => `key-${index}`));
    const set = { kind: "set", settings: { weight: 3 } };
    const result = await change({ filter: { provider: "openai" } }, set);
    expect(result.changed).toBe(10_000);
    expect(await undo(result.undo)).toEqual({ changed: 10_000 });
    expect((await browse({ order: "weight" })).items[0]?.weight).toBe(1);
  });

  test("without a target, a change, or settings it is rejected", () => {
    for (const input of [
      { change: { kind: "disable" } },
      { target: { filter: {} }, change: { kind: "disable" } },
      { target: { ids: ["pk_1"] }, change: { kind: "delete" } },
      { target: { ids: ["pk_1"] }, change: { kind: "set", settings: {} } },
      { target: { ids: ["pk_1"] }, change: { kind: "set", settings: { weight: 0 } } },
      { target: { ids: ["pk_1"] }, change: { kind: "set", settings: { key: "k" } } },
    ]) {
      expect(() => parseInput(changeProviderKeysInput, input), JSON.stringify(input)).toThrow();
    }
    const mixed = [
      { ids: ["pk_1"], settings: { weight: 2 } },
      { ids: ["pk_2"], settings: { remark: "x" } },
    ];
    return expect(undo({ kind: "set", groups: mixed })).rejects.toMatchObject({
      code: "invalid_input",
    });
  });
});

describe("the log of changes", () => {
  test("every verb leaves one entry, with who, what and how many, and never a key", async () => {
    await add([{ key: "sk-fake-secret-0123456789-abcdef", remark: "A" }, "sk-fake-secret-2"]);
    const [one, two] = await listProviderKeyIds(context, { provider: "openai" });
    const at = () => {
      nowMs += 1;
    };
    at();
    await updateProviderKey(context, one ?? "", { weight: 7, status: "disabled" });
    at();
    await change(
      { filter: { provider: "openai", q: "sk-fake-secret-0123456789-abcdef" } },
      "enable",
    );
    at();
    await change({ ids: [one] }, "enable");
    at();
    await resetProviderKey(context, two ?? "");
    at();
    await deleteProviderKey(context, one ?? "");
    at();
    await deleteProviderKeys(context, { filter: { provider: "openai" } });

    const log = await entries();
    expect(log.map(({ action, subjectId, count }) => [action, subjectId, count])).toEqual([
      ["provider-key.add", null, 2],
      ["provider-key.update", one, 1],
      ["provider-key.enable", null, 1],
      ["provider-key.reset", two, 1],
      ["provider-key.delete", one, 1],
      ["provider-key.delete", null, 1],
    ]);
    expect(log[1]).toMatchObject({
      actorKind: "user",
      actorId: "us_ada",
      actorName: "ada@example.com",
      ip: "192.0.2.1",
      userAgent: "test",
      before: { weight: 1, status: "active" },
      after: { weight: 7, status: "disabled" },
    });
    expect(JSON.stringify(log)).not.toMatch(/secret-0123456789|fake-secret-2/);
  });

  test("what changes nothing is not logged", async () => {
    await change({ ids: ["pk_none"] }, "disable");
    await deleteProviderKeys(context, { ids: ["pk_none"] });
    await expect(updateProviderKey(context, "pk_none", { weight: 2 })).rejects.toThrow();
    await storeKey("k1");
    await add(["k1"]);
    expect(await entries()).toEqual([]);
  });
});

describe("a key's history", () => {
  const history = async (id: string) =>
    (await readProviderKey(context, id)).history.map((entry) =>
      entry.by === "event" ? `${entry.kind} ${entry.model ?? ""}`.trim() : entry.action,
    );

  test("tells rests, blocks, checks and what people did, alone or to many, newest first", async () => {
    await add(["k1", "k2"]);
    const [id = "", other = ""] = await listProviderKeyIds(context, { provider: "openai" });
    const steps: (() => Promise<unknown>)[] = [
      () => cool(id, "m1"),
      () => cool(id, "*", 120_000, { meaning: "out_of_credit" }),
      () => change({ ids: [id, other] }, "end-cooldowns"),
      () => block(id),
      () => change({ ids: [id] }, "unblock"),
      () => updateProviderKey(context, id, { remark: "x" }),
      () => change({ ids: [other] }, "disable"),
    ];
    for (const step of steps) {
      nowMs += 1_000;
      await step();
    }
    expect(await history(id)).toEqual([
      "provider-key.update",
      "provider-key.unblock",
      "blocked m1",
      "provider-key.end-cooldowns",
      "cooled *",
      "cooled m1",
      "provider-key.add",
    ]);
    expect((await readProviderKey(context, id)).history[0]).toMatchObject({
      actor: "ada@example.com",
      before: { remark: null },
      after: { remark: "x" },
    });
  });

  test("a cooldown that is extended bit by bit is recorded once; another reason, or hours more, again", async () => {
    const id = await storeKey("k1");
    await db.update(providerKeys).set({ resetAtMs: 0 });
    for (let turn = 0; turn < 10; turn += 1) {
      nowMs += 20_000;
      await cool(id, "m1");
    }
    expect(await history(id)).toEqual(["cooled m1"]);
    nowMs += 20_000;
    await cool(id, "m1", 8 * 3_600_000);
    await cool(id, "m2");
    nowMs += 1;
    await cool(id, "m1", 9 * 3_600_000, { meaning: "rate_limit_day" });
    nowMs += 20 * 60_000;
    await cool(id, "m2");
    expect(await history(id)).toHaveLength(5);
  });

  test("the same events written twice are recorded once; void ones are not", async () => {
    const id = await storeKey("k1");
    await cool(id, "m1");
    await cool(id, "m1");
    await block(id);
    await block(id);
    expect(await history(id)).toHaveLength(2);
    nowMs += 1_000;
    await change({ ids: [id] }, "disable");
    await block(id);
    nowMs += 1_000;
    await resetProviderKey(context, id);
    nowMs -= 500;
    await cool(id, "m9");
    expect((await history(id)).filter((entry) => !entry.startsWith("provider-key"))).toHaveLength(
      2,
    );
  });
});

describe("browseProviderKeys", () => {
  test("sorts, pages, counts matches and states, and says why and by whom", async () => {
    await db.insert(users).values(ADA);
    await add([
      { key: "k1", remark: "b", weight: 3 },
      { key: "k2", remark: "a", weight: 2 },
      { key: "k3", weight: 2 },
      { key: "k4", remark: "C", priority: 1 },
    ]);
    expect((await browse()).items[0]?.addedBy).toBe("Ada");
    await db.delete(users);
    const remarks = async (query: Record<string, unknown>) =>
      (await browse(query)).items.map(({ remark }) => remark);
    const ids = Object.fromEntries((await browse()).items.map((key) => [key.remark ?? "", key.id]));
    await block(ids.a ?? "");
    await cool(ids.b ?? "", "m1", 60_000, { meaning: "rate_limit_day", words: "quota" });
    await change({ ids: [ids.C] }, "disable");

    expect(await remarks({})).toEqual(["C", null, "a", "b"]);
    expect(await remarks({ direction: "asc" })).toEqual(["b", "a", null, "C"]);
    expect(await remarks({ order: "remark", direction: "asc" })).toEqual([null, "a", "b", "C"]);
    expect(await remarks({ order: "weight" })).toEqual(["b", null, "a", "C"]);
    expect(await remarks({ order: "status" })).toEqual(["a", "b", "C", null]);
    expect(await remarks({ order: "status", pageSize: 2, page: 2 })).toEqual(["C", null]);
    expect(await remarks({ status: "ready" })).toEqual([null]);
    const page = await browse({ status: "cooling" });
    expect(page).toMatchObject({
      total: 1,
      counts: { ready: 1, cooling: 1, blocked: 1, disabled: 1, spentToday: 1, lastUsedAtMs: null },
    });
    expect(page.items[0]).toMatchObject({
      state: "cooling",
      reason: "rate_limit_day",
      words: "quota",
      addedBy: "ada@example.com",
    });
    expect((await browse({ status: "blocked" })).items[0]).toMatchObject({
      state: "blocked",
      reason: "key_invalid",
      words: "dead",
    });
    expect(JSON.stringify(await browse())).not.toMatch(/sealed|fingerprint|v1\./);
    expect(await browse({ provider: "groq" })).toMatchObject({ items: [], total: 0 });
  });

  test("providers at a glance", async () => {
    await add(["k1", "k2"]);
    await add(["k3"], "groq");
    const { withKeys, withoutKeys } = await summarizeProviderKeys(context);
    expect(withKeys).toMatchObject([
      { provider: "groq", label: "Groq", ready: 1, blocked: 0 },
      { provider: "openai", label: "OpenAI", ready: 2, cooling: 0, disabled: 0 },
    ]);
    expect(withoutKeys.map(({ provider }) => provider)).not.toContain("openai");
    expect(withoutKeys).toContainEqual({ provider: "anthropic", label: "Anthropic" });
  });
});

describe("previewProviderKeys", () => {
  const preview = (provider: string | null, keys: readonly (readonly [string, string?])[]) =>
    previewProviderKeys(context, {
      provider,
      keys: keys.map(([text, hint = null]) => ({ text, hint })),
    });

  test("tells what adding would do, without repeating or adding anything", async () => {
    await add(["sk-fake-known-0123456789"]);
    const result = await preview("openai", [
      ["sk-fake-new-0123456789"],
      ["sk-fake-known-0123456789"],
      ["gsk_fake-0123456789"],
      ["hello-world"],
      ["two words"],
      ["sk-ant-fake-0123456789", "ANTHROPIC_API_KEY"],
    ]);
    expect(result).toMatchObject([
      { state: "new", provider: "openai", masked: "sk-f…789" },
      { state: "known", provider: "openai" },
      { state: "odd", provider: "openai", looksLike: "groq" },
      { state: "odd", provider: "openai", looksLike: null },
      { state: "rejected", provider: null, masked: "", problem: "whitespace" },
      { state: "new", provider: "anthropic" },
    ]);
    expect(JSON.stringify(result)).not.toContain("fake-new");
    expect((await browse()).total).toBe(1);
  });

  test("without a provider, names and shapes tell it, or nothing does", async () => {
    expect(
      await preview(null, [["anything-0123", "GROQ_API_KEY"], ["gsk_fake-1"], ["sk-fake-1"]]),
    ).toMatchObject([
      { state: "odd", provider: "groq" },
      { state: "new", provider: "groq" },
      { state: "unclear", provider: null },
    ]);
  });

  test("while the secret is rotated, a key sealed under the previous one is known", async () => {
    await add(["sk-fake-1"]);
    const secrets = { current: "the next secret", previous: SECRETS.current };
    const input = { provider: "openai", keys: [{ text: "sk-fake-1", hint: null }] };
    expect(await previewProviderKeys({ ...context, secrets }, input)).toMatchObject([
      { state: "known" },
    ]);
  });
});

describe("checkProviderKeys", () => {
  test("checks many, a few at a time, and writes what it found once", async () => {
    const ids: string[] = [];
    for (const text of [
      "k-good-1",
      "k-good-2",
      "k-dead-3",
      "k-odd-4",
      "k-good-5",
      "k-dead-6",
      "k-7",
    ]) {
      ids.push(await storeKey(text));
    }
    await block(ids[0] ?? "");
    await cool(ids[1] ?? "", "m1", 60_000, { meaning: "key_doubtful" });
    await cool(ids[4] ?? "", "m1", 60_000, { meaning: "rate_limit_day" });
    let [underWay, most] = [0, 0];
    const upstream: CheckUpstream = {
      gatewayUrl: null,
      goesDirect: () => true,
      gatewayToken: null,
      fetch: async (_, { headers }) => {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise((resolve) => setTimeout(resolve, 5));
        underWay -= 1;
        const key = new Headers(headers).get("authorization") ?? "";
        if (key.includes("dead")) {
          const error = { code: "invalid_api_key", message: "Incorrect API key provided" };
          return Response.json({ error }, { status: 401 });
        }
        return Response.json({}, { status: key.includes("odd") ? 500 : 200 });
      },
    };
    nowMs += 1_000;
    const before = (await db.select().from(stateVersion).get())?.version ?? 0;
    const results = await checkProviderKeys(context, { ids: [...ids, "pk_none"] }, upstream);
    expect(results.map(({ id, outcome }) => [ids.indexOf(id), outcome]).toSorted()).toEqual([
      [0, "good"],
      [1, "good"],
      [2, "bad"],
      [3, "unclear"],
      [4, "good"],
      [5, "bad"],
      [6, "good"],
    ]);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(5);
    expect((await db.select().from(stateVersion).get())?.version).toBe(before + 1);
    const state = await states();
    expect(ids.map((id) => state[id])).toEqual([
      "ready",
      "ready",
      "blocked",
      "ready",
      "ready",
      "blocked",
      "ready",
    ]);
    expect((await entries()).at(-1)).toMatchObject({
      action: "provider-key.check",
      count: 7,
      after: { good: 4, bad: 2, unclear: 1 },
    });
    const dead = await readProviderKey(context, ids[2] ?? "");
    expect(dead.evidence).toMatchObject({ meaning: "key_invalid", status: 401 });
    expect(dead.history).toMatchObject([{ by: "event", kind: "checked" }]);
  });
});

describe("exportProviderKeys", () => {
  const PASSWORD = "correct horse battery";

  const read = async (format: "csv" | "json", password?: string, provider = "openai") => {
    let text = "";
    const input = { filter: { provider }, format, ...(password && { password }) };
    for await (const piece of await exportProviderKeys(context, input)) text += piece;
    return text;
  };

  beforeEach(async () => {
    await db.delete(users);
    await db.insert(users).values({
      ...ADA,
      passwordHash: await hashPassword(PASSWORD),
    });
    await add([
      { key: "sk-fake-0123456789-abcdef", remark: '=1+1, "x"', models: ["m1", "m2"], weight: 3 },
      "sk-fake-0000000000-second",
    ]);
  });

  test("masked, it contains no key; both are logged", async () => {
    nowMs += 1;
    for (const format of ["csv", "json"] as const) {
      const text = await read(format);
      expect(text).toContain("sk-f");
      expect(text).not.toMatch(/0123456789|0000000000/);
    }
    await read("csv", PASSWORD);
    const actions = (await entries()).map(({ action }) => action).slice(1);
    expect(actions.toSorted()).toEqual([
      "provider-key.export",
      "provider-key.export",
      "provider-key.export-secrets",
    ]);
  });

  test("with secrets, pasting the file gives the same keys again; formulas are defused", async () => {
    const csv = await read("csv", PASSWORD);
    expect(csv).toContain(`"'=1+1, ""x"""`);
    for (const text of [csv, await read("json", PASSWORD)]) {
      const { keys } = readPastedKeys(text);
      expect(keys.map((key) => key.text).toSorted()).toEqual([
        "sk-fake-0000000000-second",
        "sk-fake-0123456789-abcdef",
      ]);
      const first = keys.find((key) => key.text.endsWith("abcdef"));
      expect(first).toMatchObject({
        hint: "openai",
        settings: { weight: 3, models: ["m1", "m2"] },
      });
    }
  });

  test("more keys than one read brings are all there, once", async () => {
    await add(Array.from({ length: 1_234 }, (_, index) => `sk-fake-many-${index}-abcdef`));
    const keys: { id: string }[] = JSON.parse(await read("json"));
    expect(new Set(keys.map(({ id }) => id)).size).toBe(1_236);
    expect(JSON.parse(await read("json", undefined, "groq"))).toEqual([]);
  });

  test("with a wrong password nothing is read or logged", async () => {
    const logged = (await entries()).length;
    await expect(read("csv", "wrong horse")).rejects.toMatchObject({
      code: "invalid_input",
      issues: [{ path: "password" }],
    });
    expect(await entries()).toHaveLength(logged);
  });
});
