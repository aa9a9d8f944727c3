/** What budgets have used, as people and alerts see it, compared with rollups and the log, and recounted. */
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { beforeEach, describe, expect, test } from "vitest";
import { openDatabase } from "../../lib/db/open-database";
import { runBatch } from "../../lib/db/state/state-version";
import type { Actor } from "../../lib/db/team/audit-log";
import { readTokenSpend } from "../../lib/db/tokens/token-spend";
import type { ManageContext } from "../../lib/manage/manage-context";
import { changeMemberLimits } from "../../lib/manage/team/change-member-limits";
import { readTokenUse } from "../../lib/manage/tokens/read-token-use";
import { rotateAccessToken } from "../../lib/manage/tokens/rotate-access-token";
import { checkBudgets } from "../../lib/manage/usage/check-budgets";
import { readBudgets } from "../../lib/manage/usage/read-budgets";
import { rebuildBudgets } from "../../lib/manage/usage/rebuild-budgets";
import { counted } from "./counted-d1";
import { recordAsTheyCame, recordRequests } from "./record-requests";
import { db, emptyUsage, SECRETS, storeToken } from "./test-store";
import { auditEntries, emptyTeam, storeUser } from "./test-team";
import { requestAt, usageOf } from "./usage-events";

const NOON_MS = Date.UTC(2026, 10, 20, 12, 30);
const DAY_MS = 86_400_000;
const [DAY, MONTH] = ["2026-11-20", "2026-11"];
/** 450,000 read and 50,000 written: $0.2125 of gpt-5-mini. */
const HALF_A_MILLION = usageOf(450_000, 50_000);
const COST_USD = 0.2125;

let admin: Actor;
let mary: Actor;
let tokenId = "";

const context = (): ManageContext => ({ db, secrets: SECRETS, nowMs: () => NOON_MS, actor: admin });

beforeEach(async () => {
  await emptyTeam();
  await emptyUsage();
  admin = await storeUser("admin@team.test", "admin");
  mary = await storeUser("mary@team.test", "member");
  tokenId = await storeToken("ob-mary", {
    name: "notebook",
    ownerId: mary.id,
    rpm: 5,
    dailyCostUsd: 0.5,
    monthlyCostUsd: 1,
  });
});

/** Two requests today, one the day before, all of Mary's: two of the token, one of another. */
async function useSome(): Promise<void> {
  const common = { userId: mary.id, usage: HALF_A_MILLION };
  await recordAsTheyCame([
    requestAt(NOON_MS - DAY_MS, { ...common, tokenId }),
    requestAt(NOON_MS - 60_000, { ...common, tokenId }),
    requestAt(NOON_MS - 30_000, { ...common, tokenId: "at_other" }),
    requestAt(NOON_MS - 20_000, { ...common, tokenId, outcome: "limited", usage: null }),
  ]);
}

const spends = () =>
  db.all<{ id: string; period: string; requests: number }>(
    sql`select token_id as id, period, requests from token_spend order by 1, 2`,
  );

describe("readBudgets", () => {
  test("tells each token's and member's share of each budget, and when it renews", async () => {
    await changeMemberLimits(context(), mary.id, { dailyRequests: 4, concurrentRequests: 2 });
    await useSome();
    const underWay = (id: string) =>
      id === mary.id ? { requests: 1, tokens: 10, costNanoUsd: 0 } : null;
    const [member, token, ...others] = await readBudgets(context(), "everyone", underWay);
    expect(others).toEqual([]);
    expect(member).toMatchObject({ kind: "member", id: mary.id, name: "mary", underWay: 1 });
    expect(member?.budgets).toEqual([
      {
        limit: "dailyRequests",
        period: "2026-11-20",
        most: 4,
        used: 2,
        reserved: 1,
        left: 1,
        share: 0.5,
        renewsAt: Date.UTC(2026, 10, 21),
      },
    ]);
    expect(token).toMatchObject({
      kind: "token",
      name: "notebook",
      owner: { id: mary.id, name: "mary" },
      underWay: null,
      budgets: [
        { limit: "dailyCostUsd", used: COST_USD, share: COST_USD / 0.5 },
        { limit: "monthlyCostUsd", used: 2 * COST_USD, renewsAt: Date.UTC(2026, 11, 1) },
      ],
    });
    // Reading leaves nothing behind.
    expect(await spends()).toEqual([]);
  });

  test("shows members what is their own", async () => {
    await changeMemberLimits(context(), admin.id, { rpm: 1 });
    await storeToken("ob-team", { name: "of the team", rpm: 1 });
    const own = await readBudgets(context(), { ownerId: mary.id });
    expect(own.map(({ name }) => name)).toEqual(["notebook"]);
    expect(await readBudgets(context(), "everyone")).toHaveLength(3);
  });

  test("takes nine statements at most, however many there are", async () => {
    for (let count = 0; count < 20; count += 1) {
      await storeToken(`ob-${count}`, { name: `app ${count}`, dailyTokens: 1_000 });
    }
    await useSome();
    const store = counted(env.DB);
    const own = { ...context(), db: openDatabase(store.d1) };
    expect(await readBudgets(own, "everyone")).toHaveLength(21);
    expect(store.statements).toBeLessThanOrEqual(9);
  });
});

describe("the check", () => {
  test("finds budgets, rollups and log alike", async () => {
    await readTokenSpend(db, [{ holderId: tokenId, period: MONTH }]);
    await useSome();
    const { periods, logFrom } = await checkBudgets(context());
    expect(logFrom).toBe(NOON_MS - DAY_MS);
    const month = { requests: 2, tokens: 1_000_000, costUsd: 2 * COST_USD };
    const day = { requests: 1, tokens: 500_000, costUsd: COST_USD };
    const whose = {
      holder: { kind: "token", id: tokenId, name: "notebook" },
      budgetId: tokenId,
    };
    expect(periods).toEqual([
      {
        ...whose,
        period: DAY,
        isLogWhole: true,
        agrees: true,
        budget: null,
        rollups: day,
        log: day,
      },
      {
        ...{ ...whose, period: MONTH, isLogWhole: true, agrees: true },
        ...{ budget: month, rollups: month, log: month },
      },
    ]);
  });

  test("shows what differs, and what the log lacks", async () => {
    await readTokenSpend(db, [{ holderId: tokenId, period: DAY }]);
    await useSome();
    await db.run(sql`update token_spend set requests = 9`);
    await db.run(sql`delete from request_log where at_ms < ${NOON_MS - 3_600_000}`);
    const { periods } = await checkBudgets(context());
    expect(periods).toMatchObject([
      { period: DAY, agrees: false, isLogWhole: true, budget: { requests: 9 } },
      { period: MONTH, isLogWhole: false, rollups: { requests: 2 }, log: { requests: 1 } },
    ]);
  });
});

test("rotating a token begins no new budget: both go on with one", async () => {
  await useSome();
  await readTokenSpend(db, [{ holderId: tokenId, period: MONTH }]);
  const rotate = async (id: string) => {
    const input = { overlapSeconds: 3_600 };
    return (await rotateAccessToken(context(), { ownerId: mary.id }, id, input)).id;
  };
  const second = await rotate(tokenId);
  const third = await rotate(second);
  const events = [tokenId, second, third].map((id) =>
    requestAt(NOON_MS, { tokenId: id, userId: mary.id, usage: HALF_A_MILLION }),
  );
  await recordRequests(events, NOON_MS);

  expect(await spends()).toEqual([{ id: tokenId, period: MONTH, requests: 5 }]);
  const budgets = await readBudgets(context(), { ownerId: mary.id });
  expect(budgets.map(({ id }) => id).sort()).toEqual([tokenId, second, third].sort());
  expect(new Set(budgets.map(({ budgetId }) => budgetId))).toEqual(new Set([tokenId]));
  for (const { budgets: own } of budgets) {
    expect(own).toMatchObject([{ used: 4 * COST_USD }, { used: 5 * COST_USD }]);
  }
  const use = await readTokenUse(context(), [tokenId, third]);
  expect(use[third]).toEqual(use[tokenId]);
  expect(use[third]).toMatchObject({ dailyRequests: 4, monthlyCostUsd: 5 * COST_USD });
  const { periods } = await checkBudgets(context());
  expect(periods).toMatchObject([
    { period: DAY, budget: null, log: { requests: 4 }, rollups: { requests: 4 } },
    { period: MONTH, agrees: true, budget: { requests: 5 }, log: { requests: 5 } },
  ]);
  expect(await rebuildBudgets(context())).toEqual({ fromLog: 2, fromRollups: 0, corrected: 0 });
  expect(await spends()).toMatchObject([{ requests: 5 }, { requests: 4 }]);
});

describe("a rebuild", () => {
  test("counts from the log where it is whole, else from the rollups; twice is once", async () => {
    await changeMemberLimits(context(), mary.id, { dailyRequests: 10 });
    await readTokenSpend(db, [{ holderId: tokenId, period: DAY }]);
    await useSome();
    await db.run(sql`update token_spend set requests = 99, cost_nano_usd = 0`);
    await db.run(sql`insert into token_spend values ('at_gone', ${DAY}, 7, 7, 7)`);
    await db.run(sql`insert into token_spend values ('at_gone', '2026-10', 7, 7, 7)`);
    await db.run(sql`delete from request_log where at_ms < ${NOON_MS - 3_600_000}`);

    const first = await rebuildBudgets(context());
    expect(first).toEqual({ fromLog: 2, fromRollups: 1, corrected: 1 });
    const expected = [
      { id: "at_gone", period: "2026-10", requests: 7 },
      { id: tokenId, period: MONTH, requests: 2 },
      { id: tokenId, period: DAY, requests: 1 },
      { id: mary.id, period: DAY, requests: 2 },
    ].sort((one, other) => (one.id < other.id ? -1 : 1));
    expect((await spends()).sort((one, other) => (one.id < other.id ? -1 : 1))).toEqual(expected);
    expect((await checkBudgets(context())).periods.every(({ agrees }) => agrees)).toBe(true);

    const again = await rebuildBudgets(context());
    expect(again).toEqual({ ...first, corrected: 0 });
    expect(await spends()).toHaveLength(4);
    const entries = (await auditEntries()).filter(({ action }) => action === "budget.rebuild");
    expect(entries).toMatchObject([{ after: first, count: 3 }, { after: again }]);
  });

  test("uses the log where the rollups lost something", async () => {
    await useSome();
    await runBatch(db, [
      sql`delete from usage_journal`,
      sql`delete from usage_hourly`,
      sql`delete from usage_daily`,
    ]);
    expect(await rebuildBudgets(context())).toMatchObject({ fromLog: 2, fromRollups: 0 });
    expect(await spends()).toMatchObject([{ requests: 2 }, { requests: 1 }]);
  });

  test("without limits does nothing", async () => {
    await emptyTeam();
    expect(await rebuildBudgets(context())).toEqual({ fromLog: 0, fromRollups: 0, corrected: 0 });
    expect(await auditEntries()).toEqual([]);
  });
});
