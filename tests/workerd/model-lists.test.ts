/** Providers' model lists: read once for all isolates, kept fresh by maintenance, never lost in an outage. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from "vitest";
import { openDatabase } from "../../lib/db/open-database";
import { modelLists } from "../../lib/db/schema/schema";
import { D1ModelCatalog } from "../../lib/db/state/model-lists";
import type { ManageContext } from "../../lib/manage/manage-context";
import { addCustomProvider } from "../../lib/manage/providers/add-custom-provider";
import { changeCustomProvider } from "../../lib/manage/providers/change-custom-provider";
import type { ProxyInstance } from "../../lib/proxy/handle-request";
import { knownModels, refreshModels } from "../../lib/runtime/known-models";
import { loadPriceBook } from "../../lib/usage/price";
import { MemoryBudgets } from "../doors/memory-budgets";
import { MemoryState } from "../doors/memory-state";
import { MemoryUsage } from "../doors/memory-usage";
import { MemoryWorks } from "../doors/memory-works";
import { ACTOR, db, SECRETS } from "./test-store";
import { emptyTeam } from "./test-team";
import { unreliable } from "./unreliable-d1";

const HOUR_MS = 3_600_000;
const PROVIDERS = ["openai", "groq", "mistral"];

let nowMs = Date.now();
/** Hosts that were called, in order. */
let asked: string[] = [];
let models = ["m1"];
let isDown = false;
let logged: MockInstance;

beforeEach(async () => {
  [asked, models, isDown] = [[], ["m1"], false];
  logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
  await emptyTeam();
  await db.delete(modelLists);
});
afterEach(() => logged.mockRestore());

async function provider(url: string): Promise<Response> {
  asked.push(new URL(url).host);
  if (isDown) return new Response("", { status: 404 });
  return Response.json({ data: models.map((id) => ({ id })) });
}

function startIsolate(): { readonly proxy: ProxyInstance; readonly store: { mode: string } } {
  const store = unreliable(env.DB);
  const state = new MemoryState(new Map());
  for (const slug of PROVIDERS) state.setKeys(slug, [`fake-${slug}-key`]);
  const proxy: ProxyInstance = {
    config: {
      gatewayUrl: null,
      gatewayToken: null,
      maxAttempts: 2,
      firstByteTimeoutMs: 1_000,
      consecutive429Threshold: 2,
    },
    ports: {
      nowMs: () => nowMs,
      random: () => 0.5,
      fetch: provider,
      setTimer: () => () => {},
      newRequestId: () => "req_test",
      state,
      usage: new MemoryUsage(),
      prices: () => loadPriceBook(),
      budgets: new MemoryBudgets(),
      works: new MemoryWorks(),
    },
    catalog: new D1ModelCatalog(openDatabase(store.d1), () => nowMs),
  };
  return { proxy, store };
}

const look = async ({ proxy }: ReturnType<typeof startIsolate>) =>
  (await knownModels(proxy, new Request("https://one-balance.test/"))).map(
    ({ models: list }) => list,
  );
const refresh = ({ proxy }: ReturnType<typeof startIsolate>, limit = 5) =>
  refreshModels(proxy, { maxAgeMs: HOUR_MS, limit });

test("what one isolate read the others know, without a call", async () => {
  expect(await look(startIsolate())).toEqual([["m1"], ["m1"], ["m1"]]);
  expect(asked).toHaveLength(3);
  expect(await look(startIsolate())).toEqual([["m1"], ["m1"], ["m1"]]);
  expect(asked).toHaveLength(3);
});

test("with maintenance no request waits for a provider again, and new models are seen", async () => {
  const isolate = startIsolate();
  await look(isolate);
  models = ["m1", "m2"];
  for (let hours = 0; hours < 12; hours++) {
    nowMs += HOUR_MS;
    expect(await refresh(startIsolate())).toBe(3);
    asked = [];
    expect(await look(isolate)).toEqual([models, models, models]);
    expect(asked).toEqual([]);
  }
});

test("a run reads a bounded number, those that are oldest first, and none that is young", async () => {
  const isolate = startIsolate();
  expect(await refresh(isolate, 2)).toBe(2);
  nowMs += HOUR_MS / 2;
  expect(await refresh(isolate, 2)).toBe(1);
  expect(new Set(asked).size).toBe(3);
  expect(await refresh(isolate, 2)).toBe(0);
});

test("the upkeep does not wait for keys that rest", async () => {
  const isolate = startIsolate();
  const pool = isolate.proxy.ports.state.everyKey("groq");
  for (const { id } of pool.keys()) {
    pool.startCooldown(
      id,
      { every: true },
      { untilMs: nowMs + 5_000, reason: "rate_limit_minute" },
    );
  }
  // No timer of this isolate ever fires: it would wait forever.
  expect(await refresh(isolate)).toBe(2);
});

test("a provider that is down keeps its last list, in isolates that never called it too", async () => {
  await look(startIsolate());
  nowMs += 24 * HOUR_MS;
  isDown = true;
  expect(await refresh(startIsolate())).toBe(0);
  expect(await look(startIsolate())).toEqual([["m1"], ["m1"], ["m1"]]);
});

test("with the store down lists are read and known all the same", async () => {
  const isolate = startIsolate();
  isolate.store.mode = "down";
  expect(await look(isolate)).toEqual([["m1"], ["m1"], ["m1"]]);
  asked = [];
  expect(await look(isolate)).toEqual([["m1"], ["m1"], ["m1"]]);
  expect(asked).toEqual([]);
});

test("the list of a custom provider that moves is read again", async () => {
  const context: ManageContext = { db, secrets: SECRETS, nowMs: () => nowMs, actor: ACTOR };
  await addCustomProvider(context, {
    slug: "acme",
    label: "Acme",
    baseUrl: "https://llm.acme.example.com/v1",
    protocol: "openai",
    keyHeader: "authorization",
    keyPrefix: "Bearer ",
  });
  await db.insert(modelLists).values({ provider: "acme", models: ["old"], readAtMs: nowMs });
  await changeCustomProvider(context, { slug: "acme", baseUrl: "https://new.acme.example.com/v1" });
  expect(await db.select().from(modelLists)).toEqual([]);
});
