import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { openDatabase } from "../../lib/db/open-database";
import { auditLog } from "../../lib/db/schema/team-schema";
import { createIsolateState } from "../../lib/db/state/isolate-state";
import type { ManageContext } from "../../lib/manage/manage-context";
import { ManageError } from "../../lib/manage/manage-error";
import { parseInput } from "../../lib/manage/parse-input";
import { addModelAlias } from "../../lib/manage/providers/add-model-alias";
import { changeModelAlias } from "../../lib/manage/providers/change-model-alias";
import { listModelAliases } from "../../lib/manage/providers/list-model-aliases";
import {
  addModelAliasInput,
  changeModelAliasInput,
} from "../../lib/manage/providers/model-alias-schema";
import { removeModelAlias } from "../../lib/manage/providers/remove-model-alias";
import { CAPABILITIES } from "../../lib/models/model-alias";
import { db, emptyStore, SECRETS, storeKey } from "./test-store";

let nowMs = 0;

const context: ManageContext = {
  db,
  secrets: SECRETS,
  nowMs: () => nowMs,
  actor: { kind: "user", id: "us_test", name: "ann@team.test", ip: null, userAgent: null },
};

const OPENAI = { provider: "openai", model: "gpt-5-mini" };
const GROQ = { provider: "groq", model: "meta-llama/llama-4", weight: 3, capabilities: ["tools"] };

const FAST = parseInput(addModelAliasInput, { name: "fast", targets: [OPENAI, GROQ] });

beforeEach(async () => {
  nowMs = Date.now();
  await emptyStore();
});

async function startWarmIsolate() {
  const isolate = createIsolateState({
    db: openDatabase(env.DB),
    secrets: SECRETS,
    authKey: "",
    nowMs: () => nowMs,
    random: () => 0.5,
  });
  await isolate.ready();
  return isolate;
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
  test("has defaults: ordered, without limits, each target marked for everything", () => {
    expect(FAST).toEqual({
      name: "fast",
      choice: "ordered",
      targets: [{ ...OPENAI, weight: 1, capabilities: CAPABILITIES }, GROQ],
      conversion: "needed",
      maxInputUsd: null,
      maxOutputUsd: null,
    });
  });

  test.each<[string, object]>([
    ["name", { name: "openai/gpt" }],
    ["name", { name: "fast:free" }],
    ["name", { name: "-fast" }],
    ["name", { name: "f".repeat(101) }],
    ["targets", { targets: [] }],
    ["targets.0.model", { targets: [{ ...OPENAI, model: "gpt-*" }] }],
    ["targets.0.model", { targets: [{ ...OPENAI, model: "gpt\ud800" }] }],
    ["targets.0.model", { targets: [{ ...OPENAI, model: "gpt\n5" }] }],
    ["targets.0.provider", { targets: [{ ...OPENAI, provider: " " }] }],
    ["targets.0.weight", { targets: [{ ...OPENAI, weight: 0 }] }],
    ["targets.0.capabilities.0", { targets: [{ ...OPENAI, capabilities: ["magic"] }] }],
    ["targets.1.model", { targets: [OPENAI, OPENAI] }],
    ["maxInputUsd", { maxInputUsd: -1 }],
    ["choice", { choice: "random" }],
  ])("a wrong %s is rejected at its field", async (path, fields) => {
    const input = { name: "fast", targets: [OPENAI], ...fields };
    const { issues } = await refusal((async () => parseInput(addModelAliasInput, input))());
    expect(issues.map((issue) => issue.path)).toEqual([path]);
  });
});

describe("an alias", () => {
  test("is added, logged, and listed with how it stands with its targets", async () => {
    await storeKey("sk-fake-1", "openai");
    await addModelAlias(context, { ...FAST, maxOutputUsd: 2 });
    const { name: _, ...after } = { ...FAST, maxOutputUsd: 2 };
    expect(await audited()).toEqual([
      {
        action: "model-alias.create",
        actorName: "ann@team.test",
        subjectId: "fast",
        before: null,
        after,
      },
    ]);
    const [listed] = await listModelAliases(context);
    expect(listed).toMatchObject({ name: "fast", choice: "ordered", createdAt: nowMs });
    expect(listed?.targets).toMatchObject([
      {
        label: "OpenAI",
        keys: 1,
        ready: 1,
        price: { inputUsd: 0.25, outputUsd: 2 },
        fitsPrice: true,
      },
      { label: "Groq", keys: 0, ready: 0, price: null, fitsPrice: false },
    ]);
  });

  test("has a name of its own", async () => {
    await addModelAlias(context, FAST);
    const { code, issues } = await refusal(addModelAlias(context, FAST));
    expect([code, issues[0]?.path]).toEqual(["conflict", "name"]);
    expect(await audited()).toHaveLength(1);
  });

  test.each(["nosuch", "deepgram"])("cannot lead to %s", async (provider) => {
    const targets = [...FAST.targets, { ...FAST.targets[0], ...OPENAI, provider }];
    const input = parseInput(addModelAliasInput, { ...FAST, targets });
    const { code, issues } = await refusal(addModelAlias(context, input));
    expect([code, issues.map(({ path }) => path)]).toEqual([
      "invalid_input",
      ["targets.2.provider"],
    ]);
    expect(await listModelAliases(context)).toEqual([]);
  });

  test("is changed where it differs, and its log shows only that", async () => {
    await addModelAlias(context, FAST);
    const change = parseInput(changeModelAliasInput, { name: "fast", choice: "weighted" });
    await changeModelAlias(context, change);
    await changeModelAlias(context, change);
    expect((await audited()).slice(1)).toMatchObject([
      {
        action: "model-alias.update",
        before: { choice: "ordered" },
        after: { choice: "weighted" },
      },
    ]);
    expect(await listModelAliases(context)).toMatchObject([
      { choice: "weighted", targets: FAST.targets },
    ]);
  });

  test("is not changed or removed where there is none", async () => {
    const change = parseInput(changeModelAliasInput, { name: "nosuch", choice: "weighted" });
    expect((await refusal(changeModelAlias(context, change))).code).toBe("not_found");
    expect((await refusal(removeModelAlias(context, { name: "nosuch" }))).code).toBe("not_found");
    expect(await audited()).toEqual([]);
  });

  test("is removed, and its log keeps what it was", async () => {
    await addModelAlias(context, FAST);
    await removeModelAlias(context, { name: "fast" });
    expect(await listModelAliases(context)).toEqual([]);
    const { name: _, ...before } = FAST;
    expect((await audited())[1]).toMatchObject({ action: "model-alias.delete", before });
  });

  test("of two people who change it at once, neither overwrites the other unseen", async () => {
    await addModelAlias(context, FAST);
    const changes = [{ maxInputUsd: 1 }, { maxOutputUsd: 2 }].map((fields) =>
      changeModelAlias(context, parseInput(changeModelAliasInput, { name: "fast", ...fields })),
    );
    const results = await Promise.allSettled(changes);
    const done = results.filter(({ status }) => status === "fulfilled");
    expect(done.length).toBeGreaterThan(0);
    expect(await audited()).toHaveLength(1 + done.length);
    const [listed] = await listModelAliases(context);
    const isSet = [listed?.maxInputUsd, listed?.maxOutputUsd].filter((limit) => limit !== null);
    expect(isSet).toHaveLength(done.length);
  });
});

describe("an isolate", () => {
  test("knows aliases from its start, and learns of changes and removals", async () => {
    await addModelAlias(context, FAST);
    const isolate = await startWarmIsolate();
    expect(isolate.modelAliases().get("fast")).toEqual(FAST);

    const learn = async () => {
      nowMs += 2_001;
      await isolate.afterResponse();
    };
    await addModelAlias(context, { ...FAST, name: "smart" });
    await changeModelAlias(
      context,
      parseInput(changeModelAliasInput, { name: "fast", choice: "weighted" }),
    );
    await learn();
    expect([...isolate.modelAliases().keys()].sort()).toEqual(["fast", "smart"]);
    expect(isolate.modelAliases().get("fast")?.choice).toBe("weighted");

    await removeModelAlias(context, { name: "fast" });
    await learn();
    expect([...isolate.modelAliases().keys()]).toEqual(["smart"]);

    await addModelAlias(context, FAST);
    await learn();
    expect(isolate.modelAliases().size).toBe(2);
  });
});
