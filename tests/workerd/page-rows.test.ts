/**
 * How many of D1's rows a view of the portal's pages costs, with five weeks of usage, and that it doesn't grow with
 * usage.
 */
import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { newRowId } from "../../lib/db/new-row-id";
import { openDatabase } from "../../lib/db/open-database";
import { compactUsage } from "../../lib/db/usage/compact-usage";
import { digestUsage } from "../../lib/db/usage/usage-digests";
import { writeUsage } from "../../lib/db/usage/write-usage";
import { listIncidents } from "../../lib/manage/alerts/list-incidents";
import { keepQuotaDays } from "../../lib/manage/limits/read-quota-days";
import { readQuotaForecasts } from "../../lib/manage/limits/read-quota-forecasts";
import type { ManageContext } from "../../lib/manage/manage-context";
import { readPageStamp, viewRows } from "../../lib/manage/page-refresh";
import { browseAccessTokens } from "../../lib/manage/tokens/browse-access-tokens";
import { readTokenUse } from "../../lib/manage/tokens/read-token-use";
import { readLogThinning } from "../../lib/manage/usage/read-log-thinning";
import { readModelServing } from "../../lib/manage/usage/read-model-serving";
import { readMonthCosts } from "../../lib/manage/usage/read-month-costs";
import { readOverviewUsage } from "../../lib/manage/usage/read-overview-usage";
import { readPoolOverview } from "../../lib/manage/usage/read-pool-overview";
import { readKeyFigures } from "../../lib/manage/usage/read-today-figures";
import { readUsageBoard, type UsageBoardInput } from "../../lib/manage/usage/read-usage-board";
import { Cells, DAY_MS, HOUR_MS } from "../../lib/usage/rollup";
import { counted } from "./counted-d1";
import { ACTOR, db, emptyStore, emptyUsage, SECRETS, storeKey, storeToken } from "./test-store";
import { attemptBy, requestAt } from "./usage-events";

/** The bound that the issue sets. */
const MOST_ROWS = 2_500;
const NOW_MS = Date.UTC(2026, 10, 20, 12, 30);
const DAYS = 35;
const REQUESTS_AN_HOUR = 31;
const KEYS = 32;
const TOKENS = 20;
const MODELS = 12;
const ADMIN = { id: "us_admin", role: "admin" } as const;

const store = counted(env.DB);
const context: ManageContext = {
  db: openDatabase(store.d1),
  secrets: SECRETS,
  nowMs: () => NOW_MS,
  actor: ACTOR,
};

let tokens: string[] = [];

/** Every hour of the days: all keys, tokens and models in turn; the newest cells are still in the journal. */
async function recordUse(keys: readonly string[], requestsAnHour: number): Promise<number> {
  const fold = async (atMs: number) => compactUsage(db, newRowId("uf", atMs), atMs);
  let made = 0;
  for (let day = DAYS - 1; day >= 0; day -= 1) {
    const cells = new Cells();
    const dayMs = NOW_MS - day * DAY_MS;
    for (let hour = 23; hour >= 0; hour -= 1) {
      for (let index = 0; index < requestsAnHour; index += 1, made += 1) {
        const event = requestAt(dayMs - hour * HOUR_MS, {
          model: `gemini-${made % MODELS}`,
          provider: "google-ai-studio",
          tokenId: tokens[made % TOKENS] ?? "",
          userId: `us_${made % 5}`,
          outcome: made % 9 === 0 ? "limited" : "ok",
          attempts: [attemptBy(keys[made % KEYS] ?? "")],
        });
        cells.add(event, 1_000);
      }
    }
    const told = { rowsWritten: 0, dropped: 0, unlogged: 0, spends: [], logRows: [] };
    await writeUsage(db, {
      ...told,
      id: newRowId("uf", dayMs),
      atMs: dayMs,
      cells: cells.toStored(),
    });
    if (day > 0) await fold(dayMs + HOUR_MS);
    else await fold(NOW_MS);
  }
  return made;
}

beforeAll(async () => {
  await emptyStore();
  await emptyUsage();
  const keys = await Promise.all(
    Array.from({ length: KEYS }, (_, index) => storeKey(`AIza-${index}`, "google-ai-studio")),
  );
  tokens = await Promise.all(
    Array.from({ length: TOKENS }, (_, index) =>
      storeToken(`ob-${index}`, { name: `app ${index}`, dailyTokens: 1_000_000 }),
    ),
  );
  expect(await recordUse(keys, REQUESTS_AN_HOUR)).toBeGreaterThan(26_000);
  // Each key's quota for two models is used up every evening.
  const spent = Array.from({ length: 8 }, (_, day) =>
    keys.flatMap((keyId, index) =>
      ["gemini-0", "gemini-1"].map((model) => {
        const atMs = NOW_MS - day * DAY_MS - index * 60_000;
        return { id: newRowId("ke", atMs), keyId, model, atMs };
      }),
    ),
  );
  await db.run(sql`
    insert into key_events (id, key_id, provider, kind, model, until_ms, evidence, at_ms)
    select e.value ->> 'id', e.value ->> 'keyId', 'google-ai-studio', 'cooled', e.value ->> 'model',
      (e.value ->> 'atMs') + ${DAY_MS}, '{"meaning":"rate_limit_day"}', e.value ->> 'atMs'
    from json_each(${JSON.stringify(spent.flat())}) e`);
  // As maintenance does.
  while ((await digestUsage(db)) > 0);
  await keepQuotaDays({ ...context, db });
});

const HOUR_OF_NOW = Math.floor(NOW_MS / HOUR_MS) * HOUR_MS;
const TODAY_MS = Math.floor(NOW_MS / DAY_MS) * DAY_MS;
const day = { grain: "hour", fromMs: HOUR_OF_NOW - 23 * HOUR_MS, toMs: NOW_MS + 1 } as const;
const month = { grain: "day", fromMs: TODAY_MS - 29 * DAY_MS, toMs: NOW_MS + 1 } as const;

const usagePage = (input: UsageBoardInput) =>
  Promise.all([
    readUsageBoard(context, ADMIN, input),
    readMonthCosts(context, ADMIN, input),
    readLogThinning(context),
  ]);

test.each<[string, () => Promise<unknown>]>([
  [
    "overview",
    () =>
      Promise.all([
        readPageStamp(context),
        readPoolOverview(context, { withPeople: true }),
        readOverviewUsage(context, ADMIN, TODAY_MS),
        readQuotaForecasts(context),
        readLogThinning(context),
        listIncidents(context, { limit: 5 }),
      ]),
  ],
  ["usage, 24 hours by model", () => usagePage({ ...day, groupBy: "model" })],
  ["usage, 30 days by token", () => usagePage({ ...month, groupBy: "token" })],
  [
    "tokens",
    async () => {
      const { items, figures } = await browseAccessTokens(context, "everyone", { limit: 50 });
      expect(items).toHaveLength(TOKENS);
      expect(Object.keys(figures)).toHaveLength(TOKENS);
      const use = await readTokenUse(
        context,
        items.map(({ id }) => id),
      );
      expect(Object.values(use).every(({ monthlyCostUsd }) => monthlyCostUsd > 0)).toBe(true);
    },
  ],
  [
    "tokens by cost",
    () => {
      const byCost = { figure: "cost", isAscending: false, page: 1 } as const;
      return browseAccessTokens(context, "everyone", { limit: 50 }, byCost);
    },
  ],
  [
    "a model",
    () =>
      Promise.all([
        readModelServing(context, ADMIN, "gemini-0"),
        readUsageBoard(context, ADMIN, { ...day, groupBy: "provider", model: "gemini-0" }),
      ]),
  ],
  ["a provider's keys", () => readKeyFigures(context, "google-ai-studio")],
])("%s", async (page, look) => {
  store.rowsRead = 0;
  await look();
  console.log(`${page}: ${store.rowsRead} rows`);
  expect(store.rowsRead).toBeGreaterThan(0);
  expect(store.rowsRead).toBeLessThanOrEqual(MOST_ROWS);
  // Pages refresh as often as this allows.
  if (page !== "tokens") expect(store.rowsRead).toBeLessThanOrEqual(viewRows(KEYS));
});

test("forecasts are the same with days that are kept, and after cells that came late", async () => {
  const before = await readQuotaForecasts(context);
  expect(before.known.map(({ model, quota }) => [model, quota !== null])).toEqual([
    ["gemini-0", true],
    ["gemini-1", true],
  ]);
  const kept = await db.all<{ readonly zone: string }>(sql`select zone from quota_days`);
  expect(kept.length).toBeGreaterThan(8);
  await db.run(sql`delete from quota_days`);
  expect(await readQuotaForecasts(context)).toEqual(before);

  await keepQuotaDays({ ...context, db });
  const [keyId = ""] = (await db.all<{ id: string }>(sql`select id from provider_keys`)).map(
    ({ id }) => id,
  );
  const late = new Cells();
  const lateMs = [NOW_MS - 2 * HOUR_MS, NOW_MS - 3 * DAY_MS - 2 * HOUR_MS];
  const keptOf = (atMs: number) =>
    db.all(sql`select zone from quota_days where from_ms <= ${atMs} and through_ms > ${atMs}`);
  expect(await keptOf(lateMs[1] ?? 0)).not.toEqual([]);
  for (const atMs of lateMs) {
    const event = requestAt(atMs, { provider: "google-ai-studio", model: "gemini-0" });
    for (let index = 0; index < 500; index += 1) {
      late.add({ ...event, attempts: [attemptBy(keyId)] }, null);
    }
  }
  const told = { rowsWritten: 0, dropped: 0, unlogged: 0, spends: [], logRows: [] };
  const flush = { ...told, id: newRowId("uf", NOW_MS + 5), atMs: NOW_MS, cells: late.toStored() };
  await writeUsage(db, flush);
  await compactUsage(db, newRowId("uf", NOW_MS + 6), NOW_MS);
  for (const atMs of lateMs) expect(await keptOf(atMs)).toEqual([]);
  const [withLate] = (await readQuotaForecasts(context)).known;
  await db.run(sql`delete from quota_days`);
  expect((await readQuotaForecasts(context)).known[0]).toEqual(withLate);
  expect(withLate).not.toEqual(before.known[0]);
});

test("asking whether anything changed reads four rows, and the answer changes with each write", async () => {
  const stamps = new Set<string>();
  const look = async () => {
    store.rowsRead = 0;
    stamps.add(await readPageStamp(context));
    expect(store.rowsRead).toBeLessThanOrEqual(4);
  };
  await look();
  await look();
  expect(stamps.size).toBe(1);
  await storeKey("AIza-new", "google-ai-studio");
  await look();
  const flush = { rowsWritten: 0, dropped: 0, unlogged: 0, spends: [], logRows: [], cells: [] };
  const lateMs = NOW_MS + HOUR_MS;
  await writeUsage(db, { ...flush, id: newRowId("uf", lateMs), atMs: lateMs });
  await look();
  await compactUsage(db, newRowId("uf", lateMs + 1), lateMs + 1);
  await look();
  await db.run(sql`insert into key_events (id, key_id, provider, kind, at_ms)
    values (${newRowId("ke", lateMs)}, 'pk_1', 'google-ai-studio', 'cleared', ${lateMs})`);
  await look();
  expect(stamps.size).toBe(5);
});
