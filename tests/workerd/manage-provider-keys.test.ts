import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { openSealed } from "../../lib/crypto/seal";
import { openDatabase } from "../../lib/db/open-database";
import { keyCooldowns, providerKeys, tombstones } from "../../lib/db/schema/schema";
import { createIsolateState } from "../../lib/db/state/isolate-state";
import { writeStateEvents } from "../../lib/db/state/write-state-events";
import { providerKeyPage } from "../../lib/manage/answer-schemas";
import { addProviderKeys } from "../../lib/manage/keys/add-provider-keys";
import { checkProviderKey } from "../../lib/manage/keys/check-provider-key";
import { deleteProviderKey } from "../../lib/manage/keys/delete-provider-key";
import { deleteProviderKeys } from "../../lib/manage/keys/delete-provider-keys";
import { listProviderKeys, type ProviderKeyItem } from "../../lib/manage/keys/list-provider-keys";
import { resetProviderKey } from "../../lib/manage/keys/reset-provider-key";
import { updateProviderKey } from "../../lib/manage/keys/update-provider-key";
import type { ManageContext } from "../../lib/manage/manage-context";
import { ManageError } from "../../lib/manage/manage-error";
import { parseInput } from "../../lib/manage/parse-input";
import {
  addProviderKeysInput,
  deleteProviderKeysInput,
  listProviderKeysInput,
  updateProviderKeyInput,
} from "../../lib/manage/schemas";
import type { CheckUpstream } from "../../lib/providers/check-request";
import type { Evidence } from "../../lib/proxy/ports";
import { db, emptyStore, SECRETS, storeKey } from "./test-store";

let nowMs = 0;

const ACTOR = { kind: "token", id: "env_test", name: "test", ip: null, userAgent: null } as const;
const context: ManageContext = { db, secrets: SECRETS, nowMs: () => nowMs, actor: ACTOR };

beforeEach(async () => {
  nowMs = Date.now();
  await emptyStore();
});

const add = (keys: readonly unknown[], provider = "openai") =>
  addProviderKeys(context, parseInput(addProviderKeysInput, { provider, keys }));

const page = (query: Record<string, string> = {}) =>
  listProviderKeys(context, parseInput(listProviderKeysInput, query));

const list = async (query: Record<string, string> = {}) => (await page(query)).items;

async function only(query: Record<string, string> = {}): Promise<ProviderKeyItem> {
  const [item, ...others] = await list(query);
  if (item === undefined || others.length > 0) throw new Error("expected exactly one key");
  return item;
}

const row = (id: string) => db.select().from(providerKeys).where(eq(providerKeys.id, id)).get();

const evidence = (words = "slow down"): Evidence => ({
  meaning: "rate_limit_minute",
  rule: "test",
  status: 429,
  words,
  requestId: "req_test",
  model: "m1",
  atMs: nowMs,
});

async function cool(
  keyId: string,
  model: string,
  reason: Evidence["meaning"] = "rate_limit_minute",
) {
  const untilMs = nowMs + 60_000;
  const event = { kind: "key-cooled", keyId, model, untilMs } as const;
  await writeStateEvents(db, [{ ...event, evidence: { ...evidence(), meaning: reason } }]);
}

const block = (keyId: string) =>
  writeStateEvents(db, [{ kind: "key-blocked", keyId, evidence: evidence("no such key") }]);

/** The `ManageError` with which a promise rejects. */
async function refusal(promise: Promise<unknown>): Promise<ManageError> {
  const error = await promise.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ManageError);
  return error as ManageError;
}

describe("addProviderKeys", () => {
  test("adds 5,000 keys in one call, and every page of the list together has each of them once", async () => {
    const keys = Array.from({ length: 5_000 }, (_, index) => `sk-fake-${index}-of-many-keys`);
    expect(await add(keys)).toEqual({ added: 5_000, duplicates: 0, rejected: [] });

    const seen: ProviderKeyItem[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const { items, nextCursor } = await page({ limit: "499", ...(cursor && { cursor }) });
      seen.push(...items);
      cursor = nextCursor;
    }
    expect(seen).toHaveLength(5_000);
    expect(new Set(seen.map((item) => item.id)).size).toBe(5_000);
    const ids = seen.map((item) => item.id);
    expect(ids).toEqual(ids.toSorted().reverse());
    expect(await add(keys)).toEqual({ added: 0, duplicates: 5_000, rejected: [] });
  });

  test("10,000 long keys fit, though no statement may hold them all", async () => {
    const keys = Array.from(
      { length: 10_000 },
      (_, index) => `sk-fake-${"x".repeat(200)}-${index}`,
    );
    expect(await add(keys)).toEqual({ added: 10_000, duplicates: 0, rejected: [] });
  });

  test("counts repeats within a call and keys that are there already; another provider is another key", async () => {
    expect(await add(["sk-fake-1", "sk-fake-2", " sk-fake-1 "])).toMatchObject({
      added: 2,
      duplicates: 1,
    });
    expect(await add(["sk-fake-2", "sk-fake-3"])).toMatchObject({ added: 1, duplicates: 1 });
    expect(await add(["sk-fake-1"], "groq")).toMatchObject({ added: 1, duplicates: 0 });
    expect(await list({ provider: "openai" })).toHaveLength(3);
  });

  test("while the secret is rotated, a key sealed under the previous one is still known", async () => {
    await add(["sk-fake-1"]);
    const secrets = { current: "the next secret", previous: SECRETS.current };
    const input = { provider: "openai", keys: ["sk-fake-1", "sk-fake-2"] };
    const rotating = { ...context, secrets };
    expect(await addProviderKeys(rotating, input)).toMatchObject({ added: 1, duplicates: 1 });
  });

  test("tells each bad line's index and reason, never its text, and adds the others", async () => {
    const lines = [
      "sk-fake-good",
      "",
      "sk-fake\nbreak",
      "sk fake blank",
      "sk-fäke",
      "x".repeat(9_000),
      42,
      null,
      { remark: "no key" },
      { key: "sk-fake-weight", weight: 0 },
      { key: "sk-fake-field", "sk-fake-secret": 1 },
      { key: "sk-fake-object", weight: 100, priority: 9 },
    ];
    const result = await add(lines);
    expect(result).toMatchObject({ added: 2, duplicates: 0 });
    expect(result.rejected.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(result.rejected.map(({ reason }) => reason).slice(0, 4)).toEqual([
      "the key is empty",
      "the key has a line break inside",
      "the key has whitespace inside",
      "the key has a character that is not visible ASCII",
    ]);
    expect(result.rejected[8]?.reason).toContain("weight");
    expect(JSON.stringify(result)).not.toContain("fake");
  });

  test("keeps each key's settings, and the key itself sealed", async () => {
    await add([
      {
        key: "sk-fake-1",
        weight: 5,
        priority: 2,
        quotaDomain: "org-1",
        models: ["gpt-*"],
        remark: "A",
      },
    ]);
    const item = await only();
    expect(item).toMatchObject({
      provider: "openai",
      masked: "sk…1",
      status: "active",
      cooldowns: [],
      reason: null,
      remark: "A",
      weight: 5,
      priority: 2,
      quotaDomain: "org-1",
      models: ["gpt-*"],
      createdAt: nowMs,
      lastUsedAt: null,
    });
    const stored = await row(item.id);
    expect(stored?.createdBy).toBe("env_test");
    expect(JSON.stringify(stored)).not.toContain("sk-fake-1");
    expect(stored && (await openSealed(stored.sealed, SECRETS, stored))).toBe("sk-fake-1");
  });

  test("an unknown provider, no secret, and wrong shapes are rejected as a whole", async () => {
    expect(await refusal(add(["sk-fake-1"], "nosuch"))).toMatchObject({ code: "invalid_input" });
    const input = { provider: "openai", keys: ["sk-fake-1"] };
    expect(await refusal(addProviderKeys({ ...context, secrets: null }, input))).toMatchObject({
      code: "not_configured",
    });
    for (const body of [{}, [], null, { provider: "openai" }, { ...input, extra: 1 }]) {
      expect(() => parseInput(addProviderKeysInput, body)).toThrow(ManageError);
    }
    expect(await list()).toEqual([]);
  });
});

describe("listProviderKeys", () => {
  test("shows no key text, and exactly the fields of the contract", async () => {
    await add(["sk-fake-0123456789-abcdefghijklmnop"]);
    const answer = await page();
    expect(providerKeyPage.parse(answer)).toEqual(answer);
    expect(JSON.stringify(answer)).not.toContain("0123456789");
    expect(JSON.stringify(answer)).not.toMatch(/sealed|fingerprint|v1\./);
  });

  test("filters by provider, status and part of remark or masked key", async () => {
    await add([{ key: "sk-fake-1-abcdefgh", remark: "Team Ä" }, "sk-fake-2"]);
    await add(["gsk_fake-3"], "groq");
    const blocked = await storeKey("sk-fake-4");
    await block(blocked);
    expect(await list({ provider: "groq" })).toHaveLength(1);
    expect((await only({ status: "blocked" })).id).toBe(blocked);
    expect(await list({ status: "active" })).toHaveLength(3);
    expect(await list({ status: "active", provider: "openai" })).toHaveLength(2);
    expect((await only({ q: "team" })).remark).toBe("Team Ä");
    expect((await only({ q: "GS" })).provider).toBe("groq");
    expect(await list({ q: "%" })).toEqual([]);
  });

  test("cooling keys, with the model that rests", async () => {
    const [one, all] = [await storeKey("sk-fake-1"), await storeKey("sk-fake-2")];
    await storeKey("sk-fake-3");
    await cool(one, "m1");
    await cool(all, "*");
    expect((await list({ status: "cooling" })).map(({ id }) => id).sort()).toEqual(
      [one, all].sort(),
    );
    expect(await list({ status: "cooling", model: "m1" })).toHaveLength(2);
    const item = await only({ status: "cooling", model: "m2" });
    expect(item).toMatchObject({
      id: all,
      status: "active",
      cooldowns: [{ model: "*", untilMs: nowMs + 60_000, reason: "rate_limit_minute" }],
    });
    nowMs += 60_000;
    expect(await list({ status: "cooling" })).toEqual([]);
    expect((await list()).map(({ cooldowns }) => cooldowns)).toEqual([[], [], []]);
  });

  test("keys that may serve a model", async () => {
    await add([
      { key: "sk-fake-1", models: ["gpt-4o", "claude-*"] },
      { key: "sk-fake-2", models: ["[x]?"] },
      { key: "sk-fake-3", models: null },
    ]);
    const remaining = async (model: string) => (await list({ model })).length;
    expect(await remaining("gpt-4o")).toBe(2);
    expect(await remaining("gpt-4o-mini")).toBe(1);
    expect(await remaining("claude-opus")).toBe(2);
    expect(await remaining("[x]?")).toBe(2);
    expect(await remaining("xy")).toBe(1);
  });

  test("a blocked key tells why, in the upstream's words", async () => {
    const id = await storeKey("sk-fake-1");
    await block(id);
    expect((await only()).reason).toBe("rate_limit_minute: no such key");
  });

  test("the cursor holds while keys are added", async () => {
    await add(["sk-fake-1", "sk-fake-2", "sk-fake-3"]);
    const first = await page({ limit: "2" });
    nowMs += 1;
    await add(["sk-fake-4"]);
    const second = await page({ limit: "2", cursor: first.nextCursor ?? "" });
    expect(second.nextCursor).toBeNull();
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
  });

  test("wrong parameters are rejected", async () => {
    for (const query of [
      { limit: "0" },
      { limit: "501" },
      { limit: "x" },
      { status: "x" },
      { x: "1" },
    ]) {
      expect(() => parseInput(listProviderKeysInput, query)).toThrow(ManageError);
    }
    for (const cursor of ["", "%%%", "bm90IG9uZQ"]) {
      expect(await refusal(page({ cursor }))).toMatchObject({ code: "invalid_input" });
    }
  });
});

describe("changing and deleting", () => {
  const update = (id: string, body: unknown) =>
    updateProviderKey(context, id, parseInput(updateProviderKeyInput, body));

  test("PATCH changes what is given, clears what is null, leaves the rest", async () => {
    await add([{ key: "sk-fake-1", weight: 5, remark: "A", models: ["m1"] }]);
    const { id } = await only();
    await update(id, { priority: 3, remark: null });
    expect(await only()).toMatchObject({ weight: 5, priority: 3, remark: null, models: ["m1"] });
    await update(id, { models: null, quotaDomain: "org-1", weight: 1 });
    expect(await only()).toMatchObject({ weight: 1, models: null, quotaDomain: "org-1" });
  });

  test("disable and enable; enabling ends a block, also one that is written later", async () => {
    const id = await storeKey("sk-fake-1");
    await update(id, { status: "disabled" });
    expect(await only()).toMatchObject({ status: "disabled", reason: "manual" });
    await update(id, { status: "active" });
    expect(await only()).toMatchObject({ status: "active", reason: null });
    await block(id);
    expect((await only()).status).toBe("active");
    nowMs += 1;
    await block(id);
    expect((await only()).status).toBe("blocked");
    await update(id, { status: "active" });
    expect(await only()).toMatchObject({ status: "active", reason: null });
  });

  test("strict: unknown fields, wrong ranges and nothing at all are rejected", () => {
    for (const body of [
      {},
      { weight: 0 },
      { weight: 101 },
      { weight: 1.5 },
      { priority: 10 },
      { status: "blocked" },
      { key: "sk-fake-new" },
      { models: [] },
    ]) {
      expect(() => parseInput(updateProviderKeyInput, body), JSON.stringify(body)).toThrow(
        ManageError,
      );
    }
  });

  test("a reset ends the block and all rests, but not a person's disabling", async () => {
    const [blocked, disabled] = [await storeKey("sk-fake-1"), await storeKey("sk-fake-2")];
    await cool(blocked, "m1");
    await cool(blocked, "*");
    await block(blocked);
    await update(disabled, { status: "disabled" });
    nowMs += 1;
    await resetProviderKey(context, blocked);
    await resetProviderKey(context, disabled);
    expect((await row(blocked))?.status).toBe("active");
    expect(await row(disabled)).toMatchObject({ status: "disabled", reason: "manual" });
    expect(await db.$count(keyCooldowns)).toBe(0);
  });

  test("delete by id, by ids, by filter; cooldowns go along and isolates learn about it", async () => {
    await add(["sk-fake-1", "sk-fake-2", "sk-fake-3", "sk-fake-4"]);
    await add(["gsk-fake-5"], "groq");
    const remove = (body: unknown) =>
      deleteProviderKeys(context, parseInput(deleteProviderKeysInput, body));
    const [first, second, third] = await list({ provider: "openai" });
    await cool(first?.id ?? "", "m1");
    await cool(third?.id ?? "", "m1");

    await deleteProviderKey(context, first?.id ?? "");
    expect(await remove({ ids: [second?.id, "pk_none"] })).toEqual({ deleted: 1 });
    expect(await remove({ filter: { status: "cooling" } })).toEqual({ deleted: 1 });
    expect(await remove({ filter: { provider: "openai" } })).toEqual({ deleted: 1 });
    expect((await only()).provider).toBe("groq");
    expect(await db.$count(keyCooldowns)).toBe(0);
    expect(await db.$count(tombstones)).toBe(4);
  });

  test("a deletion without ids or with an empty filter is rejected", () => {
    for (const body of [{}, { filter: {} }, { ids: [] }, { ids: ["a"], filter: { q: "b" } }]) {
      expect(() => parseInput(deleteProviderKeysInput, body)).toThrow(ManageError);
    }
  });

  test("an unknown id is not_found for every verb", async () => {
    const upstream = { fetch, gatewayUrl: null, gatewayToken: null, goesDirect: () => false };
    for (const call of [
      () => update("pk_none", { weight: 2 }),
      () => deleteProviderKey(context, "pk_none"),
      () => resetProviderKey(context, "pk_none"),
      () => checkProviderKey(context, "pk_none", upstream),
    ]) {
      expect(await refusal(call())).toMatchObject({ code: "not_found" });
    }
  });

  test("isolates see an enabled key, a reset and a deletion at their next refresh", async () => {
    const [one, two] = [await storeKey("sk-fake-1"), await storeKey("sk-fake-2")];
    await update(one, { status: "disabled" });
    await block(two);
    const state = createIsolateState({
      db: openDatabase(env.DB),
      secrets: SECRETS,
      authKey: "",
      nowMs: () => nowMs,
      random: () => 0.5,
    });
    await state.ready();
    const statuses = () => [one, two].map((id) => state.pool("openai").get(id)?.status);
    expect(statuses()).toEqual(["disabled", "blocked"]);
    nowMs += 1;
    await update(one, { status: "active" });
    await resetProviderKey(context, two);
    state.expire();
    await state.ready();
    expect(statuses()).toEqual(["active", "active"]);
    await deleteProviderKey(context, two);
    state.expire();
    await state.ready();
    expect(statuses()).toEqual(["active", undefined]);
  });
});

describe("checkProviderKey", () => {
  const KEY = "sk-fake-0123456789-abcdefghijklmnop";

  /** An upstream with one response, which records its requests. */
  function upstream(status: number, body: unknown, gatewayUrl: string | null = null) {
    const asked: Request[] = [];
    const answer: CheckUpstream = {
      fetch: async (url, init) => {
        asked.push(new Request(url, init));
        return Response.json(body, { status });
      },
      gatewayUrl,
      gatewayToken: gatewayUrl && "fake-gateway-token",
      goesDirect: () => false,
    };
    return { asked, answer };
  }

  const INVALID = {
    error: {
      message: `Incorrect API key provided: ${KEY}.`,
      type: "invalid_request_error",
      code: "invalid_api_key",
    },
  };

  test("a key the provider knows is good, and as after a reset: its block and all its rests end", async () => {
    const id = await storeKey(KEY);
    await block(id);
    await cool(id, "*", "key_doubtful");
    await cool(id, "m1", "rate_limit_day");
    nowMs += 1;
    const { asked, answer } = upstream(200, { object: "list", data: [] });
    expect(await checkProviderKey(context, id, answer)).toEqual({
      outcome: "good",
      meaning: "ok",
      status: 200,
      words: "",
    });
    expect(asked[0]?.url).toBe("https://api.openai.com/v1/models");
    expect(asked[0]?.headers.get("authorization")).toBe(`Bearer ${KEY}`);
    expect(await only()).toMatchObject({ status: "active", cooldowns: [] });
  });

  test("a key that the provider rejects is blocked, with its words but not its text", async () => {
    const id = await storeKey(KEY);
    const checked = await checkProviderKey(context, id, upstream(401, INVALID).answer);
    expect(checked).toMatchObject({ outcome: "bad", meaning: "key_invalid", status: 401 });
    expect(checked.words).toContain("Incorrect API key provided");
    expect(JSON.stringify(checked)).not.toContain(KEY);
    const item = await only();
    expect(item.status).toBe("blocked");
    expect(item.reason).toContain("Incorrect API key provided");
    expect(JSON.stringify(await row(id))).not.toContain(KEY);
    expect((await row(id))?.evidence).toMatchObject({
      status: 401,
      requestId: "check by test",
    });
  });

  test("a rejected key that a person disabled stays disabled", async () => {
    const id = await storeKey(KEY);
    await updateProviderKey(context, id, { status: "disabled" });
    await checkProviderKey(context, id, upstream(401, INVALID).answer);
    expect((await only()).status).toBe("disabled");
  });

  test("a server error, and no answer at all, change nothing", async () => {
    const id = await storeKey(KEY);
    await block(id);
    expect(await checkProviderKey(context, id, upstream(500, {}).answer)).toMatchObject({
      outcome: "unclear",
      status: 500,
    });
    const unreachable = {
      ...upstream(200, {}).answer,
      fetch: () => Promise.reject(new Error(`connection refused, key=${KEY}`)),
    };
    const checked = await checkProviderKey(context, id, unreachable);
    expect(checked).toMatchObject({ outcome: "unreachable", meaning: null, status: null });
    expect(checked.words).not.toContain(KEY);
    expect((await only()).status).toBe("blocked");
  });

  test("through the gateway it asks the gateway, uncached, with its token", async () => {
    const id = await storeKey(KEY);
    const { asked, answer } = upstream(200, { data: [] }, "https://gateway.example/v1/a/g");
    await checkProviderKey(context, id, answer);
    expect(asked[0]?.url).toBe("https://gateway.example/v1/a/g/openai/models");
    expect(asked[0]?.headers.get("cf-aig-authorization")).toBe("Bearer fake-gateway-token");
    expect(asked[0]?.headers.get("cf-aig-skip-cache")).toBe("true");
  });

  test("a provider without a free call is reported as such, and not called", async () => {
    const id = await storeKey(KEY, "perplexity-ai");
    const { asked, answer } = upstream(200, {});
    expect(await checkProviderKey(context, id, answer)).toMatchObject({ outcome: "no_check" });
    expect(asked).toEqual([]);
  });
});

test("no verb logs anything", async () => {
  const logged = ["log", "info", "warn", "error"].map((name) =>
    vi.spyOn(console, name as "log").mockImplementation(() => undefined),
  );
  await add(["sk-fake-1", "sk-fake\n2"]);
  await list();
  await deleteProviderKey(context, (await only()).id);
  for (const spy of logged) {
    expect(spy).not.toHaveBeenCalled();
    spy.mockRestore();
  }
});
