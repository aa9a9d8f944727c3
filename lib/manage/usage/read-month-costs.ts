/**
 * What this month has cost so far, what it will cost, and what the one before did. Days and months are UTC.
 * @module
 */
import { listGroupTokenIds } from "../../db/team/group-parts";
import { readSettings } from "../../db/team/settings";
import { type CellDimension, type CellSum, sumCells } from "../../db/usage/read-usage-cells";
import { forecastMonth, type MonthCost, monthOf } from "../../usage/figures/month-forecast";
import { NANO_PER_USD } from "../../usage/price";
import { DAY_MS } from "../../usage/rollup";
import { providerNames } from "../keys/known-provider";
import type { ManageContext } from "../manage-context";
import { byTokenGroup } from "./by-token-group";
import { findNames } from "./find-names";
import type { UsageBoardInput, UsageGroup } from "./read-usage-board";
import { scopeOf, scopeWithin, tendsKey, type UsageReader } from "./usage-scope";

/** In US dollars, of requests with a known price. */
export interface MonthCosts extends MonthCost {
  /** The whole month before; null if its first days aren't kept any more. */
  readonly lastMonth: number | null;
}

export interface MonthReport {
  /** The start of the month, in epoch milliseconds. */
  readonly startMs: number;
  readonly total: MonthCosts;
  /** By what the question is grouped by, the most expensive first, at most `MAX_ROWS`; empty if costs aren't split by it. */
  readonly rows: readonly (MonthCosts & {
    readonly id: string;
    /** Null for what has no name, or is gone. */
    readonly name: string | null;
  })[];
}

const MAX_ROWS = 10;

const DIMENSIONS: Partial<Record<UsageGroup, "provider" | "model" | "subjectId" | "userId">> = {
  provider: "provider",
  model: "model",
  token: "subjectId",
  user: "userId",
  // Combined by the tokens' groups afterwards.
  group: "subjectId",
};

/** What is kept together for whole days; any other combination would be added up request by request. */
const KEPT: readonly ReadonlySet<CellDimension>[] = [
  new Set(["provider", "model"]),
  new Set(["subjectId", "userId"]),
];

type Question = Pick<
  UsageBoardInput,
  "groupBy" | "provider" | "model" | "token" | "user" | "group" | "key" | "tag"
>;

/**
 * Members get their own costs, as on the board.
 * @returns Null for questions that two months of days can't answer cheaply, and before anything was counted.
 */
export async function readMonthCosts(
  context: ManageContext,
  reader: UsageReader,
  { groupBy, provider, model, token, user, group, key, tag }: Question,
): Promise<MonthReport | null> {
  const { db } = context;
  const nowMs = context.nowMs();
  const isOfKey =
    key !== undefined && (scopeOf(reader) === undefined || (await tendsKey(context, reader, key)));
  const userId = isOfKey ? undefined : ((await scopeWithin(context, reader, group)) ?? user);
  const where = isOfKey
    ? { provider, subjectId: key }
    : { provider, model, subjectId: token, userId };
  const by = isOfKey ? undefined : DIMENSIONS[groupBy];
  const only =
    group === undefined
      ? {}
      : ({ only: { dimension: "subjectId", values: await listGroupTokenIds(db, group) } } as const);
  const asked = new Set<CellDimension>([
    ...(Object.keys(where) as (keyof typeof where)[]).filter((name) => where[name] !== undefined),
    ...(by === undefined ? [] : [by]),
    ...(group === undefined ? [] : (["subjectId"] as const)),
  ]);
  const isKept = isOfKey
    ? provider !== undefined && model === undefined
    : KEPT.some((kept) => asked.isSubsetOf(kept));
  if (tag !== undefined || !isKept) return null;
  const { startMs } = monthOf(nowMs);
  const lastStartMs = monthOf(startMs - 1).startMs;
  const { settings } = await readSettings(db);
  const keptFromMs = nowMs - settings.retention.dailyDays * DAY_MS;
  const [cells = []] = await sumCells(db, [
    {
      ...{ side: isOfKey ? "key" : "caller", grain: "day", fromMs: lastStartMs, toMs: nowMs + 1 },
      ...{ where, ...only, by: ["bucketMs", ...(by === undefined ? [] : [by])] },
      measures: ["costNanoUsd"],
    },
  ]);
  const [first] = cells;
  if (first === undefined) return null;
  const countedFromMs = cells.reduce((least, row) => Math.min(least, row.bucketMs), first.bucketMs);
  const named = groupBy === "group" ? await byTokenGroup(db, cells) : cells;
  const costsOf = (rows: readonly CellSum[]): MonthCosts => {
    const byDay = new Map<number, number>();
    for (const { bucketMs, values } of rows) {
      byDay.set(bucketMs, (byDay.get(bucketMs) ?? 0) + values.costNanoUsd);
    }
    const { toDate, forecast } = forecastMonth({ nowMs, byDay, countedFromMs });
    const before = [...byDay].filter(([dayMs]) => dayMs < startMs);
    return {
      toDate: toDate / NANO_PER_USD,
      forecast: forecast === null ? null : forecast / NANO_PER_USD,
      lastMonth:
        keptFromMs > lastStartMs
          ? null
          : before.reduce((sum, [, cost]) => sum + cost, 0) / NANO_PER_USD,
    };
  };
  const rows = by === undefined ? [] : [...Map.groupBy(named, (row) => row[by])];
  const costs = rows
    .map(([id, own]) => ({ id, ...costsOf(own) }))
    .filter(({ toDate, lastMonth }) => toDate > 0 || (lastMonth ?? 0) > 0)
    .toSorted((a, b) => b.toDate - a.toDate || (b.lastMonth ?? 0) - (a.lastMonth ?? 0))
    .slice(0, MAX_ROWS);
  const isOfIds = by === "subjectId" || by === "userId";
  const [names, labels] = await Promise.all([
    findNames(context, isOfIds ? costs.map(({ id }) => id) : []),
    by === "provider" ? providerNames(context) : null,
  ]);
  return {
    startMs,
    total: costsOf(named),
    rows: costs.map((row) => ({ ...row, name: names.get(row.id) ?? labels?.[row.id] ?? null })),
  };
}
