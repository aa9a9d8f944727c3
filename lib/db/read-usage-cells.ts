/**
 * Sums of cells, by what a chart or a list asks for.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import { BUCKET_COUNT } from "../usage/histogram";
import {
  DURATION_BUCKETS_FROM,
  FIRST_TOKEN_BUCKETS_FROM,
  MEASURES,
  type Measure,
} from "../usage/rollup";
import type { Outcome } from "../usage/types";
import type { Database } from "./open-database";
import { runBatch } from "./state-version";
import { type CellRange, cellsOf } from "./usage-cells";
import { CELL_VALUE_COLUMNS } from "./usage-schema";

/** What sums can be told apart by. `subjectId` is a token on the caller's side, a key on the key's. */
export type CellDimension = "bucketMs" | "provider" | "model" | "subjectId" | "userId" | "outcome";

const DIMENSION_COLUMNS: Readonly<Record<CellDimension, string>> = {
  bucketMs: "bucket_ms",
  provider: "provider",
  model: "model",
  subjectId: "subject_id",
  userId: "user_id",
  outcome: "outcome",
};

export interface CellFilter {
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly subjectId?: string | undefined;
  readonly userId?: string | undefined;
  readonly outcome?: Outcome | undefined;
}

export interface CellQuery extends CellRange {
  readonly by: readonly CellDimension[];
  readonly where?: CellFilter;
  /** Only cells with one of these values. */
  readonly only?: { readonly dimension: keyof CellFilter; readonly values: readonly string[] };
  /** Whether the buckets of durations and first tokens are wanted: they cost twice as much as all else. */
  readonly withTimes?: boolean;
  /** Rows at most, those with the most requests; all without. Of a query by time, the first. */
  readonly limit?: number;
}

/** A dimension that was not asked for is empty, or 0. */
export type CellSum = { readonly [Name in Exclude<CellDimension, "bucketMs">]: string } & {
  readonly bucketMs: number;
  readonly values: Readonly<Record<Measure, number>>;
  /** Counts of `BUCKET_BOUNDS_MS` and of what is longer; empty where not asked for. */
  readonly durations: readonly number[];
  readonly firstTokens: readonly number[];
};

/** One query, whatever it sums; several may share a round trip. */
export async function sumCells(
  db: Database,
  queries: readonly CellQuery[],
): Promise<readonly (readonly CellSum[])[]> {
  const results = await runBatch(db, queries.map(selectSums));
  return results.map(({ results: rows }) => (rows as Record<string, unknown>[]).map(toSum));
}

function selectSums({ by, where = {}, only, withTimes = false, limit, ...range }: CellQuery): SQL {
  const values = CELL_VALUE_COLUMNS.slice(0, withTimes ? undefined : MEASURES.length);
  const sums = sql.raw(
    values.map((column) => `coalesce(sum(${column}), 0) as ${column}`).join(", "),
  );
  const columns = by.map((dimension) => DIMENSION_COLUMNS[dimension]);
  const conditions = Object.entries(where).flatMap(([dimension, value]) =>
    value === undefined
      ? []
      : [sql`${sql.raw(DIMENSION_COLUMNS[dimension as keyof CellFilter])} = ${value}`],
  );
  if (only !== undefined) {
    const column = sql.raw(DIMENSION_COLUMNS[only.dimension]);
    conditions.push(
      sql`${column} in (select value from json_each(${JSON.stringify(only.values)}))`,
    );
  }
  const dimensions = [
    ...by,
    ...Object.keys(where),
    ...(only === undefined ? [] : [only.dimension]),
  ] as CellDimension[];
  const names = dimensions.map((dimension) => DIMENSION_COLUMNS[dimension]);
  const needed = [...new Set([...names, ...values])];
  const condition = conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
  const groups = sql.raw(columns.join(", "));
  const order = by.includes("bucketMs") ? sql`bucket_ms` : sql`sum(requests) desc`;
  return sql`
    select ${columns.length === 0 ? sql`` : sql`${groups},`} ${sums}
    from (${cellsOf(range, needed)}) where ${condition}
    ${columns.length === 0 ? sql`` : sql`group by ${groups} order by ${order}`}
    ${limit === undefined ? sql`` : sql`limit ${limit}`}`;
}

function toSum(row: Record<string, unknown>): CellSum {
  const text = (name: CellDimension) => String(row[DIMENSION_COLUMNS[name]] ?? "");
  const values = CELL_VALUE_COLUMNS.flatMap((column) =>
    column in row ? [Number(row[column])] : [],
  );
  const named = MEASURES.map((measure, index) => [measure, values[index] ?? 0]);
  return {
    bucketMs: Number(row.bucket_ms ?? 0),
    provider: text("provider"),
    model: text("model"),
    subjectId: text("subjectId"),
    userId: text("userId"),
    outcome: text("outcome"),
    values: Object.fromEntries(named) as Record<Measure, number>,
    durations: values.slice(DURATION_BUCKETS_FROM, DURATION_BUCKETS_FROM + BUCKET_COUNT),
    firstTokens: values.slice(FIRST_TOKEN_BUCKETS_FROM, FIRST_TOKEN_BUCKETS_FROM + BUCKET_COUNT),
  };
}
