/**
 * Sums of cells, by what a chart or a list asks for.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import { CELL_VALUES, type CellValue, FIRST_MEASURES, type Measure } from "../usage/rollup";
import type { Outcome } from "../usage/types";
import type { Database } from "./open-database";
import { runBatch } from "./state-version";
import { type CellRange, inRange, packedCells, rollupOf } from "./usage-cells";
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

const VALUES = CELL_VALUES.map((value, index) => ({
  value,
  column: CELL_VALUE_COLUMNS[index] ?? "",
}));

export interface CellFilter {
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly subjectId?: string | undefined;
  readonly userId?: string | undefined;
  readonly outcome?: Outcome | undefined;
}

export interface CellQuery extends CellRange {
  /** At least one. */
  readonly by: readonly CellDimension[];
  readonly where?: CellFilter;
  /** Only cells with one of these values. */
  readonly only?: { readonly dimension: keyof CellFilter; readonly values: readonly string[] };
  /**
   * What is wanted of the sums; `FIRST_MEASURES` without: those a database has that lacks the newest migrations.
   * Each costs, over hundreds of thousands of cells.
   */
  readonly measures?: readonly Measure[];
  /** Whether the buckets of durations and first tokens are wanted: they cost twice as much as all else. */
  readonly withTimes?: boolean;
  /** Rows at most, those with the most requests; all without. Of a query by time, the first. */
  readonly limit?: number;
}

/** A dimension that was not asked for is empty, or 0. */
export type CellSum = { readonly [Name in Exclude<CellDimension, "bucketMs">]: string } & {
  readonly bucketMs: number;
  /** Those that were not asked for are 0. */
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

/**
 * Rollups are summed by themselves first, since they can be read in the order of their key, then their few
 * sums with what is packed.
 */
function selectSums(query: CellQuery): SQL {
  const { by, measures = FIRST_MEASURES, withTimes = false, limit, grain } = query;
  const isWanted = (value: CellValue) =>
    "measure" in value ? measures.includes(value.measure) : withTimes;
  const values = VALUES.filter(({ value }) => isWanted(value)).map(({ column }) => column);
  const columns = by.map((dimension) => DIMENSION_COLUMNS[dimension]);
  const sums = values.map((column) => `sum(${column}) as ${column}`);
  const selected = sql.raw([...columns, ...sums].join(", "));
  const { condition, conditionColumns } = conditionOf(query);
  const wanted = sql`${inRange(query)} and ${condition}`;
  const read = [...new Set(["side", "bucket_ms", ...columns, ...conditionColumns, ...values])];
  const order = by.includes("bucketMs") ? sql`bucket_ms` : sql`sum(requests) desc`;
  return sql`
    select ${selected} from (
      select * from (
        select ${selected} from ${rollupOf(grain)} where ${wanted} ${groupBy(inKeyOrder(by))})
      union all
      select ${sql.raw([...columns, ...values].join(", "))}
      from (${packedCells(query, read)}) where ${wanted})
    ${groupBy(columns)} order by ${order}
    ${limit === undefined ? sql`` : sql`limit ${limit}`}`;
}

function groupBy(columns: readonly string[]): SQL {
  return sql.raw(`group by ${columns.join(", ")}`);
}

const KEY_START: readonly CellDimension[] = ["bucketMs", "provider", "model"];

/**
 * The columns to sum rollups by: where a little finer sums come in the order of the primary key, those, for
 * then SQLite need not sort the cells.
 */
function inKeyOrder(by: readonly CellDimension[]): readonly string[] {
  const isOfKeyStart = by.every((dimension) => KEY_START.includes(dimension));
  const last = Math.max(...by.map((dimension) => KEY_START.indexOf(dimension)));
  const dimensions = isOfKeyStart ? KEY_START.slice(0, last + 1) : by;
  return dimensions.map((dimension) => DIMENSION_COLUMNS[dimension]);
}

function conditionOf({ where = {}, only }: CellQuery) {
  const names = Object.keys(where) as (keyof CellFilter)[];
  const asked = names.filter((dimension) => where[dimension] !== undefined);
  const conditions = asked.map(
    (dimension) => sql`${sql.raw(DIMENSION_COLUMNS[dimension])} = ${where[dimension]}`,
  );
  if (only !== undefined) {
    const column = sql.raw(DIMENSION_COLUMNS[only.dimension]);
    conditions.push(
      sql`${column} in (select value from json_each(${JSON.stringify(only.values)}))`,
    );
  }
  const dimensions = only === undefined ? asked : [...asked, only.dimension];
  return {
    condition: conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `),
    conditionColumns: dimensions.map((dimension) => DIMENSION_COLUMNS[dimension]),
  };
}

function toSum(row: Record<string, unknown>): CellSum {
  const text = (name: CellDimension) => String(row[DIMENSION_COLUMNS[name]] ?? "");
  const number = (column: string) => Number(row[column] ?? 0);
  const measured = VALUES.flatMap(({ column, value }) =>
    "measure" in value ? [[value.measure, number(column)]] : [],
  );
  const counts = (name: "duration" | "first_token") =>
    VALUES.flatMap(({ column, value }) =>
      "bucketsOf" in value && value.bucketsOf === name && column in row ? [number(column)] : [],
    );
  return {
    bucketMs: Number(row.bucket_ms ?? 0),
    provider: text("provider"),
    model: text("model"),
    subjectId: text("subjectId"),
    userId: text("userId"),
    outcome: text("outcome"),
    values: Object.fromEntries(measured) as Record<Measure, number>,
    durations: counts("duration"),
    firstTokens: counts("first_token"),
  };
}
