/** Who is close to the end of a budget: one alert per step and period. */
import { beforeEach, expect, test } from "vitest";
import { accessTokens } from "../../lib/db/schema/schema";
import { tokenSpend, usageDays } from "../../lib/db/schema/usage-schema";
import { listAlerts } from "../../lib/manage/alerts/list-alerts";
import { AlertReceiver, DAY_MS, HOUR_MS } from "./alert-receiver";
import { db, storeToken } from "./test-store";

const receiver = new AlertReceiver();
const run = () => receiver.run();

beforeEach(async () => {
  await receiver.reset();
  await db.delete(usageDays);
});

async function spend(holderId: string, period: string, usd: number): Promise<void> {
  const row = { holderId, period, requests: 1, tokens: 1, costNanoUsd: Math.round(usd * 1e9) };
  await db
    .insert(tokenSpend)
    .values(row)
    .onConflictDoUpdate({ target: [tokenSpend.holderId, tokenSpend.period], set: row });
}

test("a token's cost budget is reported at 50, 80 and 100 percent, each once", async () => {
  const id = await storeToken("app", { name: "app", dailyCostUsd: 10 });
  const counts: number[] = [];
  for (const usd of [4.99, 5, 5.01, 8.2, 9.99, 10, 12]) {
    await spend(id, "2026-11-20", usd);
    await run();
    await run();
    counts.push(receiver.received.length);
  }
  expect(counts).toEqual([0, 1, 1, 2, 2, 3, 3]);
  expect(receiver.texts()).toEqual([
    "app: 50 % of the budget for 2026-11-20 is used, $5.00 of $10.00.",
    "app: 80 % of the budget for 2026-11-20 is used, $8.20 of $10.00.",
    "app: 100 % of the budget for 2026-11-20 is used, $10.00 of $10.00.",
  ]);
});

test("one that jumps over steps reports the last; the next day starts over", async () => {
  const id = await storeToken("app", { name: "app", dailyCostUsd: 0.05 });
  await spend(id, "2026-11-20", 0.045);
  await run();
  receiver.nowMs += DAY_MS;
  await run();
  await spend(id, "2026-11-21", 0.03);
  await run();
  expect(receiver.texts()).toEqual([
    "app: 80 % of the budget for 2026-11-20 is used, $0.0450 of $0.0500.",
    "app: 50 % of the budget for 2026-11-21 is used, $0.0300 of $0.0500.",
  ]);
});

test("a month's budget is reported once in the whole month", async () => {
  receiver.nowMs = Date.UTC(2026, 11, 1, 1);
  const id = await storeToken("app", { name: "app", monthlyCostUsd: 100 });
  await spend(id, "2026-12", 60);
  for (; receiver.nowMs < Date.UTC(2026, 11, 31); receiver.nowMs += 60 * HOUR_MS) await run();
  expect(receiver.texts()).toEqual([
    "app: 50 % of the budget for 2026-12 is used, $60.00 of $100.00.",
  ]);
});

test("tokens without a cost budget, and revoked ones, are no news", async () => {
  const free = await storeToken("free", { dailyRequests: 5 });
  const gone = await storeToken("gone", { dailyCostUsd: 1, status: "revoked" });
  for (const id of [free, gone]) await spend(id, "2026-11-20", 99);
  await run();
  expect(await db.select().from(accessTokens)).toHaveLength(2);
  expect(receiver.texts()).toEqual([]);
});

test("of many at once each is reported, a few per run", async () => {
  for (let index = 0; index < 12; index++) {
    const id = await storeToken(`app ${index}`, { name: `app ${index}`, dailyCostUsd: 1 });
    await spend(id, "2026-11-20", 1 + index / 100);
  }
  for (let index = 0; index < 4; index++) await run();
  expect(new Set(receiver.texts()).size).toBe(12);
  expect((await listAlerts(receiver.context, "zh"))[0]?.text).toMatch(/的预算已用 100%/);
});

test("the rows that metering may write per day are reported at 80 and 100 percent", async () => {
  const dayMs = Date.UTC(2026, 10, 20);
  const counts = { dropped: 0, unlogged: 0 };
  await db.insert(usageDays).values({ dayMs, rowsWritten: 71_999, ...counts });
  await run();
  expect(receiver.texts()).toEqual([]);
  for (const rowsWritten of [72_000, 72_001, 90_000]) {
    await db.update(usageDays).set({ rowsWritten });
    await run();
  }
  expect(receiver.received.map(({ body }) => JSON.parse(body).details)).toEqual([
    { day: "2026-11-20", percent: 80, written: 72_000, budget: 90_000 },
    { day: "2026-11-20", percent: 100, written: 90_000, budget: 90_000 },
  ]);
});
