/** What tokens with limits use, in the store: written once, known in every isolate. */
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from "vitest";
import type { LimitHolder } from "../../lib/budgets/limit-holder";
import { newRowId } from "../../lib/db/new-row-id";
import { openDatabase } from "../../lib/db/open-database";
import { DEFAULT_SETTINGS, type Settings } from "../../lib/db/team/settings";
import { D1TokenBudgets } from "../../lib/db/tokens/token-budgets";
import { compareTokenSpend, peekTokenSpend } from "../../lib/db/tokens/token-spend";
import { compactUsage } from "../../lib/db/usage/compact-usage";
import { UsageRecorder } from "../../lib/db/usage/usage-recorder";
import type { RequestEvent } from "../../lib/usage/request-event";
import { NO_LIMITS } from "../../lib/usage/token-limits";
import { db, emptyUsage } from "./test-store";
import { unreliable } from "./unreliable-d1";
import { requestAt, usageOf } from "./usage-events";

const TOKEN: LimitHolder = {
  kind: "token",
  id: "at_1",
  budgetId: "at_1",
  limits: { ...NO_LIMITS, dailyRequests: 10, monthlyCostUsd: 1 },
};
const MEMBER: LimitHolder = {
  kind: "member",
  id: "us_1",
  budgetId: "us_1",
  limits: { ...NO_LIMITS, dailyRequests: 12, monthlyCostUsd: 1 },
};
const TAG: LimitHolder = {
  kind: "tag",
  id: "tag:customer=acme",
  name: "customer=acme",
  budgetId: "tag:customer=acme",
  limits: { ...NO_LIMITS, dailyRequests: 10, monthlyCostUsd: 1 },
};
const ESTIMATE = { requests: 1, tokens: 110, costNanoUsd: 45_000 };

let nowMs = 0;
let logged: MockInstance;
/** What every isolate knows about the team's settings. */
let settings: Settings = DEFAULT_SETTINGS;

beforeEach(async () => {
  settings = DEFAULT_SETTINGS;
  nowMs = Date.UTC(2026, 10, 20, 12, 30);
  logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
  await emptyUsage();
});

afterEach(() => logged.mockRestore());

function startIsolate() {
  const store = unreliable(env.DB);
  const database = openDatabase(store.d1);
  const recorder = new UsageRecorder({
    db: database,
    nowMs: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
      store.mode = "up";
    },
    random: () => 0.5,
    settings: () => settings,
  });
  const budgets = new D1TokenBudgets(database, recorder);

  /** Serves requests one after the other until a budget is used up; returns how many. */
  async function serve(
    most: number,
    holders: readonly LimitHolder[] = [TOKEN],
    event: Partial<RequestEvent> = {},
  ): Promise<number> {
    await budgets.ready(holders, nowMs);
    for (let served = 0; served < most; served += 1) {
      const turn = budgets.ledger.reserve(holders, ESTIMATE, nowMs);
      if (turn.kind !== "go") return served;
      const request = requestAt(nowMs, event);
      const { id, usage, atMs } = request;
      const costNanoUsd =
        usage === null ? 0 : (budgets.costNanoUsd("openai", "gpt-5-mini", usage, atMs) ?? 0);
      budgets.ledger.settle(turn.reservation, id, { requests: 1, tokens: 110, costNanoUsd }, nowMs);
      recorder.add(request);
    }
    return most;
  }

  const ask = async (holders: readonly LimitHolder[]) => budgets.ready(holders, nowMs);

  return { recorder, store, serve, ask };
}

const storedSpend = () =>
  db.all(sql`select period, requests, tokens, cost_nano_usd as cost from token_spend order by 1`);

test("a flush adds what a token used to its day and its month, cost included", async () => {
  const { recorder, serve } = startIsolate();
  expect(await serve(4)).toBe(4);
  await recorder.flush();
  // 100 tokens read at $0.25 per million, 10 written at $2.
  const spend = { requests: 4, tokens: 440, cost: 4 * 45_000 };
  expect(await storedSpend()).toEqual([
    { period: "2026-11", ...spend },
    { period: "2026-11-20", ...spend },
  ]);
});

test("what was used before the token had limits counts, and a missing row is recounted", async () => {
  const { recorder } = startIsolate();
  for (let count = 0; count < 6; count += 1) recorder.add(requestAt(nowMs));
  recorder.add(requestAt(nowMs, { outcome: "limited", usage: null }));
  await recorder.flush();
  expect(await storedSpend()).toEqual([]);
  const { recorder: next, serve } = startIsolate();
  expect(await serve(10)).toBe(4);
  await next.flush();
  const spend = { requests: 10, tokens: 1_100, cost: 10 * 45_000 };
  expect(await storedSpend()).toMatchObject([spend, spend]);
  await db.run(sql`delete from token_spend`);
  expect(await startIsolate().serve(10)).toBe(0);
  expect(await storedSpend()).toMatchObject([spend, spend]);
});

test("an isolate that begins later knows what was used before", async () => {
  const first = startIsolate();
  await first.serve(7);
  await first.recorder.flush();
  expect(await startIsolate().serve(10)).toBe(3);
});

test("two isolates learn of each other with their flushes: neither spends what both have", async () => {
  const [one, other] = [startIsolate(), startIsolate()];
  expect([await one.serve(3), await other.serve(3)]).toEqual([3, 3]);
  await one.recorder.flush();
  await other.recorder.flush();
  expect(await other.serve(10)).toBe(4);
  await other.recorder.flush();
  // One isolate knows only about its own three, which is the bound: what the others used since their last flush.
  expect(await one.serve(1)).toBe(1);
  await one.recorder.flush();
  expect(await one.serve(10)).toBe(0);
});

test("a flush whose answer is lost counts once", async () => {
  const { recorder, store, serve } = startIsolate();
  await serve(4);
  store.mode = "answers-lost";
  await recorder.flush();
  expect(logged).toHaveBeenCalledOnce();
  expect(await storedSpend()).toMatchObject([{ requests: 4 }, { requests: 4 }]);
  expect(await serve(10)).toBe(6);
});

test("what was rejected for lack of quota isn't part of the budget; tokens without limits have no row", async () => {
  const { recorder, serve } = startIsolate();
  await serve(1);
  recorder.add(requestAt(nowMs, { outcome: "limited", usage: null }));
  recorder.add(requestAt(nowMs, { tokenId: "at_free", usage: usageOf(1, 1) }));
  await recorder.flush();
  expect(await storedSpend()).toMatchObject([{ requests: 1 }, { requests: 1 }]);
});

test("a member's budget counts all own tokens, and what they used before it was set", async () => {
  const before = startIsolate();
  for (const tokenId of ["at_1", "at_2"]) {
    before.recorder.add(requestAt(nowMs, { tokenId, userId: "us_1" }));
  }
  before.recorder.add(requestAt(nowMs, { tokenId: "at_1", userId: "us_2" }));
  await before.recorder.flush();
  const { recorder, serve } = startIsolate();
  expect(await serve(4, [MEMBER], { tokenId: "at_2", userId: "us_1" })).toBe(4);
  // The token's own limit of ten has two used already; the member's limit of twelve has six.
  expect(await serve(20, [TOKEN, MEMBER], { tokenId: "at_1", userId: "us_1" })).toBe(6);
  await recorder.flush();
  expect(await startIsolate().serve(1, [MEMBER], { userId: "us_1" })).toBe(0);
});

test("a tag's budget holds for all tokens and isolates, and counts what was used before it was set", async () => {
  const acme = { tags: { customer: "acme" } };
  settings = { ...DEFAULT_SETTINGS, tags: { rollUp: ["customer"], limits: [] } };
  const before = startIsolate();
  for (const event of [
    { ...acme, tokenId: "at_1" },
    { ...acme, tokenId: "at_2", userId: "us_1" },
    { tokenId: "at_1", tags: { customer: "globex" } },
    { tokenId: "at_1" },
    { ...acme, outcome: "limited", usage: null },
  ] as const) {
    before.recorder.add(requestAt(nowMs - 3_600_000, event));
  }
  await before.recorder.flush();
  // Of the two halves of a month, one is in the rollups.
  await compactUsage(db, newRowId("uf", nowMs), nowMs);
  before.recorder.add(requestAt(nowMs, { ...acme, tokenId: "at_1" }));
  await before.recorder.flush();
  expect(await storedSpend()).toEqual([]);
  const [one, other] = [startIsolate(), startIsolate()];
  expect(await one.serve(2, [TAG], { ...acme, tokenId: "at_3" })).toBe(2);
  await one.recorder.flush();
  expect(await other.serve(20, [TAG], { ...acme, tokenId: "at_1" })).toBe(5);
  await other.recorder.flush();
  const spend = { requests: 10, tokens: 1_100, cost: 10 * 45_000 };
  expect(await storedSpend()).toMatchObject([spend, spend]);
  // From the rollups, the log, and for views the same.
  const asked = ["2026-11", "2026-11-20"].map((period) => ({ holderId: TAG.id, period }));
  const { counted } = await compareTokenSpend(db, asked);
  expect(counted).toHaveLength(4);
  for (const { requests, tokens, costNanoUsd } of counted) {
    expect({ requests, tokens, cost: costNanoUsd }).toEqual(spend);
  }
  await db.run(sql`delete from token_spend`);
  const peeked = await peekTokenSpend(db, asked);
  expect(peeked.map(({ requests, tokens }) => [requests, tokens])).toEqual([
    [10, 1_100],
    [10, 1_100],
  ]);
  expect(await startIsolate().serve(1, [TAG], acme)).toBe(0);
});

test("an isolate that does not know of the limits yet counts for them all the same", async () => {
  const { serve } = startIsolate();
  expect(await serve(2)).toBe(2);
  const ignorant = startIsolate();
  for (let count = 0; count < 3; count += 1) ignorant.recorder.add(requestAt(nowMs));
  await ignorant.recorder.flush();
  // The first hasn't written its two yet.
  expect(await startIsolate().serve(10)).toBe(7);
});

test("a month's budget counts what was used before it was set, though the token had others", async () => {
  const daily = { ...TOKEN, limits: { ...NO_LIMITS, dailyRequests: 5 } };
  const early = startIsolate();
  for (let count = 0; count < 2; count += 1) early.recorder.add(requestAt(nowMs));
  await early.recorder.flush();
  const { recorder, serve } = startIsolate();
  expect(await serve(5, [daily])).toBe(3);
  await recorder.flush();
  const monthly = { ...TOKEN, limits: { ...NO_LIMITS, monthlyCostUsd: (6 * 45_000) / 1e9 } };
  expect(await startIsolate().serve(5, [monthly])).toBe(1);
});

test("what an idle isolate knows is read again once it is 5 s old", async () => {
  const [idle, busy] = [startIsolate(), startIsolate()];
  expect(await idle.serve(1)).toBe(1);
  await idle.recorder.flush();
  expect(await busy.serve(9)).toBe(9);
  await busy.recorder.flush();
  nowMs += 5_001;
  expect(await idle.serve(1)).toBe(0);
});

test("requests at the same time ask the store once", async () => {
  const { store, ask } = startIsolate();
  const before = store.calls;
  await Promise.all(Array.from({ length: 20 }, () => ask([TOKEN, MEMBER])));
  // What exists, and what is created if nothing does.
  expect(store.calls - before).toBe(2);
});

test("with the store down requests are counted here, and none waits for it again and again", async () => {
  const { store, serve } = startIsolate();
  store.mode = "down";
  expect(await serve(20)).toBe(10);
  const { calls } = store;
  expect(await serve(1)).toBe(0);
  expect(store.calls).toBe(calls);
});

test("the team's own prices count as soon as they are set", async () => {
  const { serve } = startIsolate();
  expect(await serve(1)).toBe(1);
  const dear = { provider: "openai", model: "gpt-5-mini", input: 5_000, output: 5_000 };
  settings = { ...DEFAULT_SETTINGS, prices: { overrides: [dear] } };
  // 110 tokens are 55 cents now, of one dollar per month.
  expect(await serve(5)).toBe(2);
});
