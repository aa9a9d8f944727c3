/**
 * What tokens, members, groups and tags have used in a day or a month, as their budgets count it.
 *
 * A row is created on first use, from the rollups; from then on every flush adds to it (see `write-usage.ts`), from
 * whichever isolate, whether or not that knows about limits. So a row is right however late limits are set, and a
 * deleted row is created again.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import {
  NO_SPEND,
  type PeriodSpend,
  periodBounds,
  type SpendPeriod,
  sum,
} from "../../budgets/spend";
import { tagOfHolder } from "../../tags/tag-limits";
import { isCounted } from "../../usage/counted-request";
import { OUTCOMES } from "../../usage/types";
import type { Database } from "../open-database";
import { runBatch } from "../state/state-version";
import { type CellSum, sumCells } from "../usage/read-usage-cells";
import { findSharedBudgets } from "./access-tokens";
import { type CountedSpend, type SpendCount, selectCounts } from "./counted-spend";

/** The requested rows; missing ones are created. */
export async function readTokenSpend(
  db: Database,
  asked: readonly SpendPeriod[],
): Promise<readonly PeriodSpend[]> {
  if (asked.length === 0) return [];
  const known = await db.all<PeriodSpend>(selectSpend(asked));
  const missing = missingOf(asked, known);
  if (missing.length === 0) return known;
  const [, made] = await runBatch(db, [
    // Another isolate may have been first, and have added to it since.
    sql`${insertCounts(fromRollups(missing))} on conflict (token_id, period) do nothing`,
    selectSpend(missing),
  ]);
  return [...known, ...((made?.results ?? []) as PeriodSpend[])];
}

/** The same for views: what is missing is counted, and not written. */
export async function peekTokenSpend(
  db: Database,
  asked: readonly SpendPeriod[],
): Promise<readonly PeriodSpend[]> {
  if (asked.length === 0) return [];
  const known = await db.all<PeriodSpend>(selectSpend(asked));
  const missing = missingOf(asked, known);
  if (missing.length === 0) return known;
  return [...known, ...(await countSpend(db, missing))];
}

/** What `selectCounts` counts from the rollups, through their digests (`usage-digests.ts`); tags have none. */
async function countSpend(
  db: Database,
  missing: readonly SpendPeriod[],
): Promise<readonly PeriodSpend[]> {
  const isOfTag = ({ holderId }: SpendPeriod) => tagOfHolder(holderId) !== null;
  const [ofTags, asked] = [missing.filter(isOfTag), missing.filter((each) => !isOfTag(each))];
  const byTags =
    ofTags.length === 0 ? [] : await db.all<PeriodSpend>(selectCounts(fromRollups(ofTags)));
  return asked.length === 0 ? byTags : [...byTags, ...(await countTokenSpend(db, asked))];
}

async function countTokenSpend(
  db: Database,
  asked: readonly SpendPeriod[],
): Promise<readonly PeriodSpend[]> {
  const bounds = asked.map(({ period }) => periodBounds(period));
  const [days = []] = await sumCells(db, [
    {
      side: "caller",
      grain: "day",
      fromMs: Math.min(...bounds.map(([fromMs]) => fromMs)),
      toMs: Math.max(...bounds.map(([, toMs]) => toMs)),
      by: ["bucketMs", "subjectId", "userId"],
      only: { dimension: "outcome", values: OUTCOMES.filter(isCounted) },
      measures: ["requests", "inputTokens", "outputTokens", "costNanoUsd"],
    },
  ]);
  const shared = await findSharedBudgets(db, [...new Set(days.map(({ subjectId }) => subjectId))]);
  const byHolder = new Map<string, CellSum[]>();
  for (const day of days) {
    const { budgetId = null, groupId = null } = shared.get(day.subjectId) ?? {};
    for (const holder of new Set([budgetId ?? day.subjectId, day.userId, groupId ?? ""])) {
      const own = byHolder.get(holder);
      if (own === undefined) byHolder.set(holder, [day]);
      else own.push(day);
    }
  }
  return asked.map(({ holderId, period }, index) => {
    const [fromMs, toMs] = bounds[index] ?? [0, 0];
    const own = byHolder
      .get(holderId)
      ?.filter(({ bucketMs }) => bucketMs >= fromMs && bucketMs < toMs);
    const sums = (own ?? []).map(({ values }) => ({
      requests: values.requests,
      tokens: values.inputTokens + values.outputTokens,
      costNanoUsd: values.costNanoUsd,
    }));
    return { holderId, period, ...sums.reduce((total, each) => sum(total, each), NO_SPEND) };
  });
}

export interface SpendComparison {
  /** The existing rows. */
  readonly rows: readonly PeriodSpend[];
  /** The same from the rollups and from the log, for everything requested. */
  readonly counted: readonly CountedSpend[];
  /** The oldest request in the log, in epoch milliseconds; null if it is empty. */
  readonly logFromMs: number | null;
}

/** All ways of counting, at one moment. Reads the log of the periods. @param asked At least one. */
export async function compareTokenSpend(
  db: Database,
  asked: readonly SpendPeriod[],
): Promise<SpendComparison> {
  const counts = asked.flatMap((each): readonly SpendCount[] => [
    { ...each, source: "rollups" },
    { ...each, source: "log" },
  ]);
  const [rows, counted, oldest] = await runBatch(db, [
    selectSpend(asked),
    selectCounts(counts),
    sql`select at_ms as "atMs" from request_log order by id limit 1`,
  ]);
  const [first] = (oldest?.results ?? []) as { readonly atMs: number }[];
  return {
    rows: (rows?.results ?? []) as PeriodSpend[],
    counted: (counted?.results ?? []) as CountedSpend[],
    logFromMs: first?.atMs ?? null,
  };
}

/**
 * Counts rows again, including existing ones. Rows of the same periods that weren't requested are deleted, and created
 * again on use.
 * @param counts At least one.
 * @param audit Right after the change.
 */
export async function rebuildTokenSpend(
  db: Database,
  counts: readonly SpendCount[],
  audit: SQL,
): Promise<void> {
  const periods = [...new Set(counts.map(({ period }) => period))];
  await runBatch(db, [
    sql`delete from token_spend where period in (select value from json_each(${JSON.stringify(periods)}))`,
    insertCounts(counts),
    audit,
  ]);
}

function fromRollups(asked: readonly SpendPeriod[]): readonly SpendCount[] {
  return asked.map((each) => ({ ...each, source: "rollups" }));
}

function missingOf(asked: readonly SpendPeriod[], known: readonly SpendPeriod[]) {
  const names = new Set(known.map(({ holderId, period }) => `${holderId} ${period}`));
  return asked.filter(({ holderId, period }) => !names.has(`${holderId} ${period}`));
}

function insertCounts(counts: readonly SpendCount[]): SQL {
  return sql`
    insert into token_spend (token_id, period, requests, tokens, cost_nano_usd)
    select "holderId", period, requests, tokens, "costNanoUsd" from (${selectCounts(counts)})
    where true`;
}

function selectSpend(asked: readonly SpendPeriod[]): SQL {
  const pairs = asked.map(({ holderId, period }) => [holderId, period]);
  return sql`
    select token_id as "holderId", s.period, requests, tokens, cost_nano_usd as "costNanoUsd"
    from json_each(${JSON.stringify(pairs)}) p
    join token_spend s on s.token_id = p.value ->> 0 and s.period = p.value ->> 1`;
}
