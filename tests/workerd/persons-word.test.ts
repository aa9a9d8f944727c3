/**
 * What a person says about a key applies immediately, in every isolate, whatever was reported, learned or suspected
 * before; and the admin API shows the state that the pool uses.
 */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { openDatabase } from "../../lib/db/open-database";
import { createIsolateState, type IsolateState } from "../../lib/db/state/isolate-state";
import { changeProviderKeys } from "../../lib/manage/keys/change-provider-keys";
import { checkProviderKey } from "../../lib/manage/keys/check-provider-key";
import { listProviderKeys } from "../../lib/manage/keys/list-provider-keys";
import { changeProviderKeysInput } from "../../lib/manage/keys/provider-key-schemas";
import { resetProviderKey } from "../../lib/manage/keys/reset-provider-key";
import { updateProviderKey } from "../../lib/manage/keys/update-provider-key";
import { parseInput } from "../../lib/manage/parse-input";
import { listProviderKeysInput } from "../../lib/manage/schemas";
import { type Lease, newKeyRequest } from "../../lib/pool/pick-result";
import type { QuotaRefusal } from "../../lib/providers/types";
import { ACTOR, db, emptyStore, SECRETS, storeKey } from "./test-store";

const HOUR_MS = 3_600_000;
const CLAIM = { tokenId: "at_1", weight: 1, priority: 0 };
const REFUSED: QuotaRefusal = {
  ...{ span: "minute", unit: "requests", limit: null, retryAtMs: null, requested: null },
};

let nowMs = 0;
const context = { db, secrets: SECRETS, nowMs: () => nowMs, actor: ACTOR };

beforeEach(async () => {
  nowMs = Date.now();
  await emptyStore();
});

async function startIsolate(): Promise<IsolateState> {
  const state = createIsolateState({
    db: openDatabase(env.DB),
    secrets: SECRETS,
    authKey: "",
    nowMs: () => nowMs,
    random: () => 0.5,
  });
  await state.ready();
  return state;
}

const poolOf = (state: IsolateState) => state.pool("openai");
const kindOf = (state: IsolateState, model: string) =>
  poolOf(state).ask(model, newKeyRequest(CLAIM), nowMs).kind;

function leaseOf(state: IsolateState, model: string): Lease {
  const turn = poolOf(state).ask(model, newKeyRequest(CLAIM), nowMs);
  if (turn.kind !== "granted") throw new Error(`${model}: ${turn.kind}`);
  return turn.lease;
}

const evidence = (meaning: "rate_limit_day" | "key_invalid") => ({
  ...{ meaning, rule: "test", status: 429, words: "no", requestId: "req_1", model: "words" },
  atMs: nowMs,
});

function refuse(state: IsolateState, model: string, refusal: Partial<QuotaRefusal>): void {
  const untilMs = nowMs + (refusal.span === "day" ? 10 * HOUR_MS : 60_000);
  const rest = { untilMs, isGuess: refusal.span === undefined };
  poolOf(state).refuse(model, leaseOf(state, model), { ...REFUSED, ...refusal }, rest, nowMs);
}

/** Everything that can be reported or learned about a key, each at its own model. */
function burden(state: IsolateState, keyId: string): void {
  refuse(state, "words", { span: "day", unit: "requests", limit: 250 });
  poolOf(state).cool(keyId, "words", nowMs + 10 * HOUR_MS, "rate_limit_day");
  state.record({
    ...{ kind: "key-cooled", keyId, model: "words", untilMs: nowMs + 10 * HOUR_MS },
    evidence: evidence("rate_limit_day"),
  });
  refuse(state, "silent", { span: "day", unit: "requests", limit: 200 });
  const reading = { name: "requests/day", unit: "requests", limit: 1_000, remaining: 0 } as const;
  const readings = [{ ...reading, resetMs: nowMs + 10 * HOUR_MS, refillMs: null }];
  poolOf(state).succeed("headers", leaseOf(state, "headers"), readings, nowMs);
  refuse(state, "numbers", { span: "minute", unit: "requests", limit: 1 });
  refuse(state, "unexplained", {});
  const sentence = {
    ...{ keyId, provider: "openai", effect: { kind: "block" } as const },
    evidence: evidence("key_invalid"),
  };
  const accusation = { rule: "test", tokenId: "at_1", request: "POST /v1", mayConvict: true };
  poolOf(state).accuse("suspect", leaseOf(state, "suspect"), { ...accusation, sentence }, nowMs);
  state.record({ kind: "key-suspected", keyId, evidence: evidence("key_invalid") });
}

const BURDENED = ["words", "silent", "headers", "numbers"];
const MODELS = [...BURDENED, "unexplained", "suspect"];

const GOOD = {
  fetch: async () => Response.json({ object: "list", data: [] }),
  gatewayUrl: null,
  gatewayToken: null,
  goesDirect: () => true,
};

const toMany = (id: string, kind: "disable" | "enable") =>
  changeProviderKeys(
    context,
    parseInput(changeProviderKeysInput, { target: { ids: [id] }, change: { kind } }),
  );

const WORDS: Record<string, (id: string) => Promise<unknown>> = {
  "a reset": (id) => resetProviderKey(context, id),
  "a check that finds it good": (id) => checkProviderKey(context, id, GOOD),
  "switching it off and on": async (id) => {
    await updateProviderKey(context, id, { status: "disabled" });
    await updateProviderKey(context, id, { status: "active" });
  },
  "switching many off and on": async (id) => {
    await toMany(id, "disable");
    await toMany(id, "enable");
  },
};

async function listed() {
  const query = parseInput(listProviderKeysInput, { provider: "openai" });
  const { items } = await listProviderKeys(context, query);
  return items;
}

describe.each(Object.entries(WORDS))("%s", (_name, say) => {
  test("ends cooldowns, reported quotas, learned limits, counts and suspicions everywhere", async () => {
    const id = await storeKey("sk-fake-burdened-0123456789abcdef");
    const isolates = [await startIsolate(), await startIsolate()];
    for (const state of isolates) burden(state, id);
    for (const state of isolates) {
      for (const model of BURDENED) expect(kindOf(state, model), model).toBe("exhausted");
      await state.afterResponse();
    }
    expect(await listed()).toMatchObject([{ cooldowns: [{ model: "words" }] }]);

    nowMs += 2_001;
    await say(id);
    expect(await listed()).toMatchObject([{ status: "active", reason: null, cooldowns: [] }]);
    for (const state of isolates) {
      await state.afterResponse();
      expect(poolOf(state).knownLimits(id, nowMs)).toEqual([]);
      expect(poolOf(state).get(id)).toMatchObject({ status: "active", cooldowns: new Map() });
      expect(poolOf(state).takeCheck(id, nowMs), "no suspicion is left").toBe(false);
      for (const model of MODELS) expect(kindOf(state, model), model).toBe("granted");
      nowMs += 1;
      const rest = { untilMs: nowMs + 1_000, isGuess: true };
      const lease = leaseOf(state, "unexplained");
      const { unexplained } = poolOf(state).refuse("unexplained", lease, REFUSED, rest, nowMs);
      expect(unexplained, "it counts from one again").toBe(1);
    }
  });
});

test("a disabled key serves no one, and a late rejection or an undone block changes nothing", async () => {
  const id = await storeKey("sk-fake-disabled-0123456789abcdef");
  const state = await startIsolate();
  poolOf(state).block(id);
  await updateProviderKey(context, id, { status: "disabled" });
  state.expire();
  await state.ready();
  poolOf(state).unblock(id);
  expect(poolOf(state).get(id)?.status).toBe("disabled");
  expect(kindOf(state, "any")).toBe("unavailable");
  expect(await listed()).toMatchObject([{ status: "disabled" }]);
});

test("a key that comes under traffic serves as soon as it is read, also where there was none", async () => {
  const state = await startIsolate();
  const pool = poolOf(state);
  expect(kindOf(state, "m")).toBe("unavailable");
  const first = await storeKey("sk-fake-first-0123456789abcdef");
  expect(state.ready(undefined, 1_000), "what is known is not a second old").toBeNull();
  nowMs += 1_001;
  await state.ready(undefined, 1_000);
  expect(poolOf(state)).toBe(pool);
  expect(kindOf(state, "m")).toBe("granted");
  refuse(state, "m", { span: "day", unit: "requests", limit: 1 });
  expect(kindOf(state, "m")).toBe("exhausted");
  const second = await storeKey("sk-fake-second-0123456789abcdef");
  nowMs += 2_001;
  await state.afterResponse();
  const lease = leaseOf(state, "m");
  expect([lease.key.id, first === second]).toEqual([second, false]);
});
