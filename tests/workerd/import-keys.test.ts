/** Importing from another program, and that importing again changes nothing. */
import { asc, eq } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { openSealed } from "../../lib/crypto/seal";
import { keyCooldowns, providerKeys, stateVersion } from "../../lib/db/schema/schema";
import { auditLog } from "../../lib/db/schema/team-schema";
import { importKeys } from "../../lib/manage/imports/import-keys";
import { importedKeys, importInput } from "../../lib/manage/imports/import-schemas";
import { importSource } from "../../lib/manage/imports/import-source";
import { addProviderKeys } from "../../lib/manage/keys/add-provider-keys";
import type { ManageContext } from "../../lib/manage/manage-context";
import { parseInput } from "../../lib/manage/parse-input";
import { addCustomProvider } from "../../lib/manage/providers/add-custom-provider";
import { MODEL, oneBalanceDump } from "../moving-in/one-balance-dump";
import { ACTOR, db, emptyStore, SECRETS } from "./test-store";

let nowMs = 0;
const context: ManageContext = { db, secrets: SECRETS, nowMs: () => nowMs, actor: ACTOR };

beforeEach(async () => {
  nowMs = Date.now();
  await emptyStore();
});

/** As the route does it; every response matches the API's document. */
async function move(body: object) {
  const input = parseInput(importInput, body);
  const result = await ("text" in input
    ? importSource(context, input)
    : importKeys(context, input));
  expect(importedKeys.parse(result)).toEqual(result);
  return result;
}

const rows = () => db.select().from(providerKeys).orderBy(asc(providerKeys.id));
type Named = { readonly text: string };

const version = async () => (await db.select().from(stateVersion))[0]?.version;

const A = "sk-proj-fakeAAAAAAAAAAAAAAAAAAAA0001";
const B = "sk-proj-fakeBBBBBBBBBBBBBBBBBBBB0002";

describe("a one-balance dump of 5,000 keys", () => {
  test("moves in with counts, states, remarks and live cooldowns; a second time adds nothing", async () => {
    const dump = oneBalanceDump(5_000, nowMs);
    const blocked = dump.keys.filter(({ status }) => status === "blocked").length;
    const difference = await move({ text: dump.sql, dryRun: true });
    expect(difference.providers.reduce((sum, each) => sum + each.blocked, 0)).toBe(blocked);
    expect(difference).toMatchObject({
      dryRun: true,
      form: "one-balance",
      added: 5_000,
      duplicates: 0,
      changed: 0,
      rejected: [],
      unknown: [],
    });
    expect(await rows()).toEqual([]);

    expect(await move({ text: dump.sql })).toEqual({ ...difference, dryRun: false });
    const stored = await rows();
    const rests = new Map((await db.select().from(keyCooldowns)).map((rest) => [rest.keyId, rest]));
    const found = await Promise.all(
      stored.map(async ({ id, sealed, provider, status, remark }) => ({
        text: await openSealed(sealed, SECRETS, { id, provider }),
        provider,
        status,
        remark,
        coolsUntilMs: rests.get(id)?.untilMs ?? null,
      })),
    );
    const byText = (a: Named, b: Named) => (a.text < b.text ? -1 : 1);
    expect(found.sort(byText)).toEqual(dump.keys.toSorted(byText));
    expect(new Set([...rests.values()].map(({ model }) => model))).toEqual(new Set([MODEL]));

    const again = await move({ text: dump.sql });
    expect(again).toMatchObject({ added: 0, changed: 0, duplicates: 5_000, rejected: [] });
    expect(await rows()).toEqual(stored);
    const entries = await db
      .select()
      .from(auditLog)
      .where(eq(auditLog.action, "provider-key.import"));
    expect(entries.reduce((sum, { count }) => sum + count, 0)).toBe(5_000);
    expect(JSON.stringify(entries)).not.toMatch(/AIza|sk-proj/);
  });
});

test("a blocked key stays so, with the source's reason, its secrets taken out", async () => {
  const channel = {
    ...{ id: 1, type: 1, key: A, status: 3, name: "main", models: "gpt-4o", group: "default" },
    other_info: JSON.stringify({ status_reason: `status code 401, Incorrect API key: ${A}` }),
  };
  await move({ text: JSON.stringify([channel]) });
  const [key] = await rows();
  expect(key).toMatchObject({
    status: "blocked",
    reason: "key_doubtful",
    remark: "main",
    models: ["gpt-4o"],
    evidence: { rule: "imported-from-new-api", atMs: nowMs },
  });
  expect(key?.evidence?.words).toMatch(/^status code 401, Incorrect API key: sk-proj-…0001$/);
});

test("what the pool knows stays; what is empty is filled, and reported", async () => {
  await addProviderKeys(context, { provider: "openai", keys: [A, { key: B, remark: "ours" }] });
  const csv = `key,provider,status,remark,quota domain\n${A},openai,blocked,theirs,org-1\n${B},openai,active,theirs,`;
  const before = await version();
  expect(await move({ text: csv, dryRun: true })).toMatchObject({ duplicates: 2, changed: 1 });
  expect(await version()).toBe(before);
  expect(await move({ text: csv })).toMatchObject({ added: 0, duplicates: 2, changed: 1 });
  expect(await rows()).toMatchObject([
    { remark: "theirs", quotaDomain: "org-1", status: "active" },
    { remark: "ours", quotaDomain: null, status: "active" },
  ]);
  expect(await move({ text: csv })).toMatchObject({ changed: 0 });
  const [entry] = await db.select().from(auditLog).where(eq(auditLog.action, "provider-key.fill"));
  expect(entry).toMatchObject({ count: 1, after: { from: "text" } });
});

describe("whose key it is", () => {
  const litellm = (base: string) =>
    `model_list:\n  - litellm_params: { model: openai/gpt-5, api_key: ${A}, api_base: "${base}" }`;

  test("a relay's key is never taken for the service whose API it speaks", async () => {
    const text = litellm("https://relay.example.com/v1");
    const proposal = {
      slug: "relay-example-com",
      label: "relay.example.com",
      baseUrl: "https://relay.example.com/v1",
      protocol: "openai",
      keyHeader: "authorization",
      keyPrefix: "Bearer ",
    } as const;
    expect(await move({ text })).toMatchObject({
      added: 0,
      unknown: [{ name: "relay.example.com", keys: 1, proposal }],
    });
    expect(await rows()).toEqual([]);
    // Once someone has added the proposed provider, its keys are recognized by the address.
    await addCustomProvider(context, proposal);
    expect(await move({ text })).toMatchObject({
      providers: [{ provider: "relay-example-com", added: 1 }],
      unknown: [],
    });
  });

  test("the service's own address is the service", async () => {
    expect(await move({ text: litellm("https://api.openai.com/v1"), dryRun: true })).toMatchObject({
      providers: [{ provider: "openai", added: 1 }],
    });
  });

  test("a person may say it, for services by name and for the rest", async () => {
    const text = litellm("https://relay.example.com/v1");
    const providers = { "relay.example.com": "groq" };
    expect(await move({ text, providers, dryRun: true })).toMatchObject({
      providers: [{ provider: "groq", added: 1 }],
    });
    const unclear = "some-fake-key-00000001";
    expect(await move({ text: unclear, dryRun: true })).toMatchObject({
      unknown: [{ name: "", keys: 1, proposal: null }],
    });
    expect(await move({ text: unclear, provider: "cohere", dryRun: true })).toMatchObject({
      providers: [{ provider: "cohere", added: 1 }],
    });
    await expect(move({ text: unclear, provider: "nobody" })).rejects.toThrow("unknown provider");
  });
});

test("bad entries are reported one by one and don't stop the others", async () => {
  const key = { text: A, position: 1, hint: "openai" };
  const result = await move({
    form: "text",
    keys: [
      key,
      { ...key, text: "has blanks inside", position: 2 },
      { ...key, text: B, position: 3, settings: { priority: 12 } },
      { ...key, position: 4 },
    ],
  });
  expect(result).toMatchObject({
    added: 1,
    duplicates: 1,
    rejected: [
      { position: 2, code: "whitespace" },
      { position: 3, code: "settings", reason: expect.stringContaining("priority") },
    ],
  });
});

test("keys of one service account's project share its quota", async () => {
  const account = { type: "service_account", project_id: "p-1", private_key: "fake" };
  await move({ text: JSON.stringify(account), provider: "google-vertex-ai" });
  expect(await rows()).toMatchObject([{ quotaDomain: "p-1" }]);
});
