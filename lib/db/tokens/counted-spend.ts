/**
 * SQL that counts what tokens, members, groups and tags used: from the rollups, which include every request, or from the log, which
 * may be sampled or pruned. Both are written in one transaction with the budgets' own sums, so counting them in a
 * transaction misses nothing and counts nothing twice.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import { periodBounds, type SpendPeriod } from "../../budgets/spend";
import { tagOfHolder } from "../../tags/tag-limits";
import { UNCOUNTED_OUTCOMES } from "../../usage/counted-request";
import { DAY_MS, tagSubject } from "../../usage/rollup";
import { firstRequestIdAt } from "../state/request-id-bounds";
import { TAG_COLUMNS } from "../usage/tag-cells";
import { type CellRange, inRange, packedCells } from "../usage/usage-cells";

export type SpendSource = "rollups" | "log";

/** What to count, and from which source. */
export interface SpendCount extends SpendPeriod {
  readonly source: SpendSource;
}

/** The columns of `selectCounts`. */
export interface CountedSpend {
  readonly holderId: string;
  readonly period: string;
  readonly requests: number;
  readonly tokens: number;
  readonly costNanoUsd: number;
  readonly source: SpendSource;
}

/** Of the ids of groups. */
const GROUP_PREFIX = "gr_";

/** A select with a row for each of `counts` (at least one): holder, period, sums, source. */
export function selectCounts(counts: readonly SpendCount[]): SQL {
  const asked = counts.map(({ holderId, period, source }) => {
    const [fromMs, toMs] = periodBounds(period);
    return { holderId, period, source, fromMs, toMs };
  });
  const holders = [...new Set(asked.map(({ holderId }) => holderId))];
  const ids = JSON.stringify(holders);
  const tags = holders.flatMap((id) => {
    const tag = tagOfHolder(id);
    return tag === null ? [] : [{ id, ...tag, subject: tagSubject(tag.name, tag.value) }];
  });
  const ofTags = tags.length === 0 ? null : JSON.stringify(tags);
  const hasGroups = asked.some(({ holderId }) => holderId.startsWith(GROUP_PREFIX));
  const range = (source: SpendSource) => {
    const own = asked.filter((each) => each.source === source);
    const fromMs = Math.min(...own.map((each) => each.fromMs));
    return own.length === 0
      ? []
      : [{ fromMs, toMs: Math.max(...own.map(({ toMs }) => toMs)), ids, hasGroups }];
  };
  const days = [
    ...range("rollups").flatMap((each) => [
      daysOfRollups(each),
      ...(ofTags === null ? [] : [tagDaysOfRollups(each, ofTags)]),
    ]),
    ...range("log").flatMap((each) => [
      daysOfLog(each),
      ...(ofTags === null ? [] : [tagDaysOfLog(each, ofTags)]),
    ]),
  ];
  return sql`
    with days as materialized (${sql.join(days, sql` union all `)})
    select p.value ->> 'holderId' as "holderId", p.value ->> 'period' as period,
      coalesce(sum(d.requests), 0) as requests, coalesce(sum(d.tokens), 0) as tokens,
      coalesce(sum(d.cost), 0) as "costNanoUsd", p.value ->> 'source' as source
    from json_each(${JSON.stringify(asked)}) p
    left join days d on d.source = p.value ->> 'source'
      and p.value ->> 'holderId' in (d.budget_id, d.user_id, d.group_id)
      and d.day_ms >= p.value ->> 'fromMs' and d.day_ms < p.value ->> 'toMs'
    where true
    group by p.key`;
}

interface CountedRange {
  readonly fromMs: number;
  readonly toMs: number;
  /** Ids of holders, as JSON. */
  readonly ids: string;
  /** Whether groups are among them. */
  readonly hasGroups: boolean;
}

const CELL_COLUMNS = [
  "side",
  "bucket_ms",
  "subject_id",
  "user_id",
  "outcome",
  "requests",
  "input_tokens",
  "output_tokens",
  "cost_nano_usd",
];

function daysOfRollups({ ids, hasGroups, fromMs, toMs }: CountedRange): SQL {
  const columns = sql.raw(CELL_COLUMNS.join(", "));
  const range: CellRange = { side: "caller", grain: "day", fromMs, toMs };
  const wanted = sql`${inRange(range)}
    and ${ofHolders("subject_id", ids, hasGroups)} and ${isCountedSql}`;
  return sql`
    select 'rollups' as source, ${budgetOf("subject_id")} as budget_id, user_id,
      ${groupOf("subject_id", hasGroups)} as group_id, bucket_ms as day_ms,
      sum(requests) as requests, sum(input_tokens + output_tokens) as tokens,
      sum(cost_nano_usd) as cost
    from (
      select ${columns} from usage_daily where ${wanted}
      union all
      select ${columns} from (${packedCells(range, CELL_COLUMNS)}) where ${wanted})
    group by 2, 3, 4, 5`;
}

function daysOfLog({ ids, hasGroups, fromMs, toMs }: CountedRange): SQL {
  return sql`
    select 'log' as source, ${budgetOf("token_id")} as budget_id, user_id,
      ${groupOf("token_id", hasGroups)} as group_id, at_ms - at_ms % ${DAY_MS} as day_ms,
      count(*) as requests,
      sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0)) as tokens,
      sum(coalesce(cost_nano_usd, 0)) as cost
    from request_log
    where id >= ${firstRequestIdAt(fromMs)} and id < ${firstRequestIdAt(toMs)}
      and ${ofHolders("token_id", ids, hasGroups)} and ${isCountedSql}
    group by 2, 3, 4, 5`;
}

/** Tags as JSON: their ids as holders, names, values and subjects. */
function tagDaysOfRollups({ fromMs, toMs }: CountedRange, tags: string): SQL {
  const columns = sql.raw(CELL_COLUMNS.join(", "));
  const range: CellRange = { side: "tag", grain: "day", fromMs, toMs };
  const stored = sql.raw(
    CELL_COLUMNS.map((column) => `e.value ->> ${TAG_COLUMNS.indexOf(column)} as ${column}`).join(
      ", ",
    ),
  );
  return sql`
    select 'rollups' as source, t.value ->> 'id' as budget_id, '' as user_id, '' as group_id,
      bucket_ms as day_ms, sum(requests) as requests, sum(input_tokens + output_tokens) as tokens,
      sum(cost_nano_usd) as cost
    from (
      select ${columns} from (${packedCells(range, CELL_COLUMNS)})
      union all
      select ${stored} from usage_tags u, json_each(u.cells) e
      where u.grain = 'day' and u.bucket_ms >= ${fromMs} and u.bucket_ms < ${toMs}
        and u.name in (select value ->> 'name' from json_each(${tags}))) c
      join json_each(${tags}) t on t.value ->> 'subject' = c.subject_id
    where ${inRange(range)} and ${isCountedSql}
    group by 2, 5`;
}

function tagDaysOfLog({ fromMs, toMs }: CountedRange, tags: string): SQL {
  return sql`
    select 'log' as source, t.value ->> 'id' as budget_id, '' as user_id, '' as group_id,
      at_ms - at_ms % ${DAY_MS} as day_ms, count(*) as requests,
      sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0)) as tokens,
      sum(coalesce(cost_nano_usd, 0)) as cost
    from request_log r join json_each(${tags}) t
      on r.tags ->> ('$."' || (t.value ->> 'name') || '"') = t.value ->> 'value'
    where r.id >= ${firstRequestIdAt(fromMs)} and r.id < ${firstRequestIdAt(toMs)}
      and r.tags is not null and ${isCountedSql}
    group by 2, 5`;
}

/** The token whose budget a token's usage counts for. */
function budgetOf(tokenColumn: string): SQL {
  const column = sql.raw(tokenColumn);
  return sql`coalesce((select budget_id from access_tokens t where t.id = ${column}), ${column})`;
}

/** The group whose budget a token's usage counts for, whenever it was; empty for none. */
function groupOf(tokenColumn: string, hasGroups: boolean): SQL {
  if (!hasGroups) return sql`''`;
  const column = sql.raw(tokenColumn);
  return sql`coalesce((select group_id from access_tokens t where t.id = ${column}), '')`;
}

function ofHolders(tokenColumn: string, ids: string, hasGroups: boolean): SQL {
  const known = sql`(select value from json_each(${ids}))`;
  const inGroups = hasGroups ? sql` or group_id in ${known}` : sql``;
  return sql`(${sql.raw(tokenColumn)} in ${known} or user_id in ${known}
    or ${sql.raw(tokenColumn)} in (
      select id from access_tokens where budget_id in ${known}${inGroups}))`;
}

const isCountedSql = sql.raw(
  `outcome not in (${UNCOUNTED_OUTCOMES.map((outcome) => `'${outcome}'`).join(", ")})`,
);
