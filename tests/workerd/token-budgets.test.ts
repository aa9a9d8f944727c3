/** What tokens with limits use, over the store: written once, known in every isolate. */
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from "vitest";
import { openDatabase } from "../../lib/db/open-database";
import { DEFAULT_SETTINGS } from "../../lib/db/settings";
import { D1TokenBudgets } from "../../lib/db/token-budgets";
import { UsageRecorder } from "../../lib/db/usage-recorder";
import type { TokenLimits } from "../../lib/pool/token-ledger";
import { db, emptyUsage } from "./test-store";
import { unreliable } from "./unreliable-d1";
import { requestAt, usageOf } from "./usage-events";

const LIMITS: TokenLimits = {
  rpm: null,
  tpm: null,
  dailyRequests: 10,
  dailyTokens: null,
  dailyCostUsd: null,
  monthlyCostUsd: 1,
};
const ESTIMATE = { requests: 1, tokens: 110, costNanoUsd: 45_000 };

let nowMs = 0;
let logged: MockInstance;

beforeEach(async () => {
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
    settings: () => DEFAULT_SETTINGS,
  });
  const budgets = new D1TokenBudgets(database, recorder);

  /** Serves requests one after the other until the budget is used up; returns how many. */
  async function serve(most: number): Promise<number> {
    await budgets.ready("at_1", LIMITS, nowMs);
    for (let served = 0; served < most; served += 1) {
      const turn = budgets.ledger.reserve("at_1", LIMITS, ESTIMATE, nowMs);
      if (turn.kind !== "go") return served;
      recorder.add(requestAt(nowMs));
      const { usage, atMs } = requestAt(nowMs);
      const costNanoUsd =
        usage === null ? 0 : budgets.costNanoUsd("openai", "gpt-5-mini", usage, atMs);
      budgets.ledger.settle(turn.reservation, { requests: 1, tokens: 110, costNanoUsd }, nowMs);
    }
    return most;
  }

  return { recorder, store, serve };
}

const storedSpend = () =>
  db.all(sql`select period, requests, tokens, cost_nano_usd as cost from token_spend order by 1`);

test("a flush adds what a token used to its day and its month, cost included", async () => {
  const { recorder, serve } = startIsolate();
  expect(await serve(4)).toBe(4);
  await recorder.flush();
  // 100 tokens read at $0.25 a million, 10 written at $2.
  const spend = { requests: 4, tokens: 440, cost: 4 * 45_000 };
  expect(await storedSpend()).toEqual([
    { period: "2026-11", ...spend },
    { period: "2026-11-20", ...spend },
  ]);
});

test("what was used before the token had limits counts, and a row that is gone is counted anew", async () => {
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
  // One knows of its own three only, which is the bound: what the others used since its last flush.
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

test("what was refused for lack of quota is none of the budget; tokens without limits have no row", async () => {
  const { recorder, serve } = startIsolate();
  await serve(1);
  recorder.add(requestAt(nowMs, { outcome: "limited", usage: null }));
  recorder.add(requestAt(nowMs, { tokenId: "at_free", usage: usageOf(1, 1) }));
  await recorder.flush();
  expect(await storedSpend()).toMatchObject([{ requests: 1 }, { requests: 1 }]);
});
