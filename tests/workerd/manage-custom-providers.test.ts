import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { insertCustomProvider } from "../../lib/db/keys/custom-providers";
import { openDatabase } from "../../lib/db/open-database";
import { auditLog } from "../../lib/db/schema/team-schema";
import { createIsolateState } from "../../lib/db/state/isolate-state";
import { addProviderKeys } from "../../lib/manage/keys/add-provider-keys";
import { allProviders } from "../../lib/manage/keys/known-provider";
import type { ManageContext } from "../../lib/manage/manage-context";
import { ManageError } from "../../lib/manage/manage-error";
import { parseInput } from "../../lib/manage/parse-input";
import { addCustomProvider } from "../../lib/manage/providers/add-custom-provider";
import { changeCustomProvider } from "../../lib/manage/providers/change-custom-provider";
import {
  type AddCustomProviderInput,
  addCustomProviderInput,
} from "../../lib/manage/providers/custom-provider-schema";
import { listCustomProviders } from "../../lib/manage/providers/list-custom-providers";
import { listDoubledProviders } from "../../lib/manage/providers/list-doubled-providers";
import { removeCustomProvider } from "../../lib/manage/providers/remove-custom-provider";
import { createAccessToken } from "../../lib/manage/tokens/create-access-token";
import type { ProxyPorts } from "../../lib/proxy/ports";
import { knownProvider } from "../../lib/proxy/route/known-provider";
import { db, emptyStore, NO_AUDIT, SECRETS } from "./test-store";

let nowMs = 0;

const context: ManageContext = {
  db,
  secrets: SECRETS,
  nowMs: () => nowMs,
  actor: { kind: "user", id: "us_test", name: "ann@team.test", ip: null, userAgent: null },
};
const lenient: ManageContext = { ...context, allowPrivateUpstreams: true };

const ACME: AddCustomProviderInput = {
  slug: "acme",
  label: "Acme",
  baseUrl: "https://llm.acme.example.com/v1",
  keyHeader: "authorization",
  keyPrefix: "Bearer ",
  protocol: "openai",
};

beforeEach(async () => {
  nowMs = Date.now();
  await emptyStore();
});

function startIsolate(allowPrivateUpstreams = false) {
  return createIsolateState({
    db: openDatabase(env.DB),
    secrets: SECRETS,
    authKey: "",
    allowPrivateUpstreams,
    nowMs: () => nowMs,
    random: () => 0.5,
  });
}

async function startWarmIsolate(allowPrivateUpstreams = false) {
  const isolate = startIsolate(allowPrivateUpstreams);
  await isolate.ready();
  return isolate;
}

/** Any request two seconds later: its response makes an isolate ask for changes. */
async function serveLater(isolate: ReturnType<typeof startIsolate>): Promise<void> {
  nowMs += 2_001;
  await isolate.afterResponse();
}

const audited = async () =>
  (await db.select().from(auditLog)).map(({ action, actorName, subjectId, before, after }) => ({
    action,
    actorName,
    subjectId,
    before,
    after,
  }));

async function refusal(work: Promise<unknown>): Promise<ManageError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ManageError) return error;
  throw new Error(`expected a refusal, got ${String(error)}`);
}

describe("the input", () => {
  test("is brought into one form", () => {
    const input = { ...ACME, label: " Acme ", baseUrl: "https://LLM.acme.example.com/v1//" };
    expect(parseInput(addCustomProviderInput, { ...input, keyHeader: "Authorization" })).toEqual(
      ACME,
    );
  });

  test.each([
    ["slug", "Acme"],
    ["slug", "a"],
    ["slug", "acme/v1"],
    ["slug", "openapi.json"],
    ["slug", "acme-"],
    ["label", " "],
    ["label", "x".repeat(61)],
    ["baseUrl", "llm.acme.example.com"],
    ["baseUrl", "https://user:secret@llm.acme.example.com"],
    ["baseUrl", "https://llm.acme.example.com/?key=1"],
    ["keyHeader", "x key"],
    ["keyHeader", "x-key\r\nx-other"],
    ["keyHeader", "Host"],
    ["keyHeader", "cookie"],
    ["keyHeader", "cf-aig-authorization"],
    ["keyHeader", "transfer-encoding"],
    ["keyPrefix", "Bearer\n"],
    ["protocol", "soap"],
  ])("%s %j is rejected, and the field is named", async (field, value) => {
    const work = async () => parseInput(addCustomProviderInput, { ...ACME, [field]: value });
    expect((await refusal(work())).issues.map(({ path }) => path)).toEqual([field]);
  });
});

describe("adding", () => {
  test("makes it known to the verbs and logs who did it", async () => {
    await addCustomProvider(context, ACME);
    const { slug: _, ...after } = ACME;
    expect(await audited()).toEqual([
      {
        action: "custom-provider.create",
        actorName: "ann@team.test",
        subjectId: "acme",
        before: null,
        after,
      },
    ]);
    expect((await allProviders(context)).map(({ slug }) => slug)).toContain("acme");
    await addProviderKeys(context, { provider: "acme", keys: ["fake-acme-key-1"] });
    await createAccessToken(context, "everyone", null, { name: "app", providers: ["acme"] });
    expect(await listCustomProviders(context)).toEqual([{ ...ACME, keys: 1, createdAt: nowMs }]);
  });

  test.each(["openai", "perplexity", "perplexity-ai", "compat", "admin", "auth", "metrics"])(
    "under the slug %s is rejected: it is taken",
    async (slug) => {
      expect((await refusal(addCustomProvider(context, { ...ACME, slug }))).code).toBe("conflict");
      expect(await audited()).toEqual([]);
    },
  );

  test("twice under one slug is rejected, and the first stays", async () => {
    await addCustomProvider(context, ACME);
    const error = await refusal(addCustomProvider(context, { ...ACME, label: "Other" }));
    expect([error.code, error.issues[0]?.path]).toEqual(["conflict", "slug"]);
    expect((await listCustomProviders(context)).map(({ label }) => label)).toEqual(["Acme"]);
    expect(await audited()).toHaveLength(1);
  });

  test.each([
    "https://127.0.0.1/v1",
    "https://2130706433",
    "https://[::ffff:10.0.0.1]",
    "http://llm.acme.example.com",
  ])("with the address %s is rejected, unless the deployment allows it", async (baseUrl) => {
    const error = await refusal(addCustomProvider(context, { ...ACME, baseUrl }));
    expect([error.code, error.issues[0]?.path]).toEqual(["invalid_input", "baseUrl"]);
    await addCustomProvider(lenient, { ...ACME, baseUrl });
    expect(await listCustomProviders(lenient)).toHaveLength(1);
  });
});

describe("changing", () => {
  test("writes and logs the changed fields only", async () => {
    await addCustomProvider(context, ACME);
    await changeCustomProvider(context, { slug: "acme", label: "Acme 2", protocol: "openai" });
    expect((await listCustomProviders(context))[0]).toMatchObject({ ...ACME, label: "Acme 2" });
    expect((await audited()).at(-1)).toMatchObject({
      action: "custom-provider.update",
      before: { label: "Acme" },
      after: { label: "Acme 2" },
    });
  });

  test("nothing logs nothing", async () => {
    await addCustomProvider(context, ACME);
    await changeCustomProvider(context, ACME);
    expect(await audited()).toHaveLength(1);
  });

  test("to a private address is rejected; so is one that doesn't exist", async () => {
    await addCustomProvider(context, ACME);
    const change = { slug: "acme", baseUrl: "https://169.254.169.254" };
    expect((await refusal(changeCustomProvider(context, change))).code).toBe("invalid_input");
    expect((await listCustomProviders(context))[0]?.baseUrl).toBe(ACME.baseUrl);
    const missing = { slug: "nobody", label: "x" };
    expect((await refusal(changeCustomProvider(context, missing))).code).toBe("not_found");
  });
});

describe("removing", () => {
  test("says how many keys stay, and they work again once it is back", async () => {
    await addCustomProvider(context, ACME);
    await addProviderKeys(context, { provider: "acme", keys: ["fake-key-1", "fake-key-2"] });
    expect(await removeCustomProvider(context, { slug: "acme" })).toEqual({ keysLeft: 2 });
    expect(await listCustomProviders(context)).toEqual([]);
    expect((await audited()).at(-1)).toMatchObject({
      action: "custom-provider.delete",
      before: { baseUrl: ACME.baseUrl, keysLeft: 2 },
    });
    const more = addProviderKeys(context, { provider: "acme", keys: ["fake-key-3"] });
    expect((await refusal(more)).code).toBe("invalid_input");
    await addCustomProvider(context, ACME);
    expect((await listCustomProviders(context))[0]?.keys).toBe(2);
  });

  test("one that is not there is an error", async () => {
    expect((await refusal(removeCustomProvider(context, { slug: "nobody" }))).code).toBe(
      "not_found",
    );
  });
});

describe("a running isolate", () => {
  test("learns of one that is added, changed, removed, and added again", async () => {
    const isolate = await startWarmIsolate();
    expect(isolate.customProvider("acme")).toBeUndefined();
    await addCustomProvider(context, ACME);
    await serveLater(isolate);
    const url = () => isolate.customProvider("acme")?.directUrl("models");
    expect(url()).toBe("https://llm.acme.example.com/v1/models");
    await changeCustomProvider(context, { slug: "acme", baseUrl: "https://new.acme.example.com" });
    await serveLater(isolate);
    expect(url()).toBe("https://new.acme.example.com/models");
    await removeCustomProvider(context, { slug: "acme" });
    await serveLater(isolate);
    expect(isolate.customProviders()).toEqual([]);
    await addCustomProvider(context, ACME);
    await removeCustomProvider(context, { slug: "acme" });
    await addCustomProvider(context, ACME);
    await serveLater(isolate);
    expect(url()).toBe("https://llm.acme.example.com/v1/models");
  });

  test("knows them from its first load, sorted, and goes straight to them", async () => {
    await addCustomProvider(context, { ...ACME, slug: "zeta" });
    await addCustomProvider(context, ACME);
    const isolate = await startWarmIsolate();
    expect(isolate.customProviders().map(({ slug }) => slug)).toEqual(["acme", "zeta"]);
    expect(isolate.goesDirect("acme")).toBe(true);
    expect(isolate.goesDirect("openai")).toBe(false);
  });

  test("sends nothing to a private address once that is no longer allowed", async () => {
    await addCustomProvider(lenient, { ...ACME, baseUrl: "http://127.0.0.1:9/v1" });
    const url = async (allowed: boolean) =>
      (await startWarmIsolate(allowed)).customProvider("acme")?.directUrl("models");
    expect(await url(true)).toBe("http://127.0.0.1:9/v1/models");
    await expect(url(false)).rejects.toThrow("not of the public internet");
  });

  test("keeps a team's own provider whose slug a later version brings, and the address of its keys", async () => {
    // As it was added before the version that knows DeepSeek.
    const row = {
      ...ACME,
      slug: "deepseek",
      createdAtMs: nowMs,
      createdBy: null,
      updatedAtMs: nowMs,
    };
    await insertCustomProvider(db, row, NO_AUDIT());
    await addProviderKeys(context, { provider: "deepseek", keys: ["fake-key-1"] });
    const isolate = await startWarmIsolate();
    const ports = { state: isolate } as Pick<ProxyPorts, "state"> as ProxyPorts;
    expect(knownProvider("deepseek", { ports })?.directUrl("models")).toBe(
      "https://llm.acme.example.com/v1/models",
    );
    const listed = (await allProviders(context)).filter(({ slug }) => slug === "deepseek");
    expect(listed.map(({ label }) => label)).toEqual(["Acme"]);
    expect((await listDoubledProviders(context)).map(({ slug }) => slug)).toEqual(["deepseek"]);
    expect((await refusal(addCustomProvider(context, { ...ACME, slug: "groq" }))).code).toBe(
      "conflict",
    );
  });
});
