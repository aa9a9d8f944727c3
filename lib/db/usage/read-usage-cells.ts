/**
 * Sums of cells, by the dimensions that a chart or a list needs. Packed cells are read once for all queries of a round
 * trip and added up here: D1 charges per row, and unpacked there each cell would be one.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import {
  CELL_VALUES,
  type CellValue,
  DAY_MS,
  FIRST_MEASURES,
  HOUR_MS,
  type Measure,
} from "../../usage/rollup";
import type { Outcome } from "../../usage/types";
import type { Database } from "../open-database";
import { CELL_VALUE_COLUMNS } from "../schema/usage-schema";
import { isOlderSchema } from "../state/read-older-state";
import { runBatch } from "../state/state-version";
import { type CellSumRow, CellSums } from "./cell-sums";
import { cellsOfTag, selectAdmittedValues, selectTagCells } from "./tag-cells";
import { type CellRange, inRange, keyHourValues, rollupOf } from "./usage-cells";
import { type Digest, digestFor, selectDigests } from "./usage-digests";
import { selectWaiting, waitingRows } from "./waiting-cells";

/** The dimensions of sums. `subjectId` is a token on the caller side, a key on the key side, a value on the tag side. */
export type CellDimension = "bucketMs" | "provider" | "model" | "subjectId" | "userId" | "outcome";

const DIMENSION_COLUMNS: Readonly<Record<CellDimension, string>> = {
  bucketMs: "bucket_ms",
  provider: "provider",
  model: "model",
  subjectId: "subject_id",
  userId: "user_id",
  outcome: "outcome",
};

const REQUESTS = CELL_VALUES.findIndex(
  (value) => "measure" in value && value.measure === "requests",
);

export interface CellFilter {
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly subjectId?: string | undefined;
  readonly userId?: string | undefined;
  readonly outcome?: Outcome | undefined;
}

export interface CellQuery extends CellRange {
  /** The tag's name, on the tag side. */
  readonly tag?: string;
  /** At least one. */
  readonly by: readonly CellDimension[];
  readonly where?: CellFilter;
  /** Only cells with one of these values. */
  readonly only?: { readonly dimension: keyof CellFilter; readonly values: readonly string[] };
  /**
   * The measures to sum; by default `FIRST_MEASURES`, which a database without the newest migrations has too. Each has
   * a cost over hundreds of thousands of cells. An empty list is for callers that only need names.
   */
  readonly measures?: readonly Measure[];
  /** Whether to include the buckets of durations and first tokens, which cost twice as much as everything else. */
  readonly withTimes?: boolean;
  /** Maximum number of rows, those with the most requests; absent for all. For a query by time, the first ones. */
  readonly limit?: number;
}

/** A dimension that wasn't requested is empty, or 0. */
export type CellSum = { readonly [Name in Exclude<CellDimension, "bucketMs">]: string } & {
  readonly bucketMs: number;
  /** Those that weren't requested are 0. */
  readonly values: Readonly<Record<Measure, number>>;
  /** Counts for `BUCKET_BOUNDS_MS` and anything longer; empty if not requested. */
  readonly durations: readonly number[];
  readonly firstTokens: readonly number[];
};

/** One transaction, whatever it sums. Ordered by time if that is a dimension, otherwise by requests, most first. */
export async function sumCells(
  db: Database,
  queries: readonly CellQuery[],
): Promise<readonly (readonly CellSum[])[]> {
  const plans = queries.map(planOf);
  try {
    return await readSums(db, plans);
  } catch (error) {
    if (!isOlderSchema(error)) throw error;
    return readSums(
      db,
      plans.map((plan) => ({ ...plan, digest: undefined })),
    );
  }
}

interface Plan {
  readonly query: CellQuery;
  /** Indexes into `CELL_VALUES` of the requested values. */
  readonly values: readonly number[];
  readonly columns: readonly string[];
  /** The digest of buckets that have one. */
  readonly digest: Digest | undefined;
}

function planOf(query: CellQuery): Plan {
  const { by, where = {}, only, measures = FIRST_MEASURES, withTimes = false, side } = query;
  const isWanted = (value: CellValue) =>
    "measure" in value ? measures.includes(value.measure) : withTimes;
  const values = CELL_VALUES.flatMap((value, place) => (isWanted(value) ? [place] : []));
  // Lists are ordered by it.
  if (!by.includes("bucketMs") && !values.includes(REQUESTS)) values.unshift(REQUESTS);
  const columns = by.map((dimension) => DIMENSION_COLUMNS[dimension]);
  const asked = [...filteredBy(where), ...(only === undefined ? [] : [only.dimension])];
  const selected = [...columns, ...asked.map((dimension) => DIMENSION_COLUMNS[dimension])];
  return {
    query,
    values,
    columns,
    digest: side === "caller" ? digestFor(selected, values) : undefined,
  };
}

function filteredBy(where: CellFilter): readonly (keyof CellFilter)[] {
  return (Object.keys(where) as (keyof CellFilter)[]).filter((name) => where[name] !== undefined);
}

/** A digest's rows for all plans that need it, over their combined time range. */
interface DigestRead extends Pick<CellRange, "grain" | "fromMs" | "toMs"> {
  readonly digest: Digest;
}

async function readSums(
  db: Database,
  plans: readonly Plan[],
): Promise<readonly (readonly CellSum[])[]> {
  const reads = digestReads(plans);
  const sides = [...new Set(plans.map(({ query }) => query.side))];
  const isOfTags = sides.includes("tag");
  const results = await runBatch(db, [
    selectWaiting(sides),
    ...reads.map(({ digest, grain, fromMs, toMs }) => selectDigests(digest, grain, fromMs, toMs)),
    ...plans.map(selectSums),
    ...(isOfTags ? [selectAdmittedValues()] : []),
  ]);
  const rowsOf = (index: number) => (results[index]?.results ?? []) as Record<string, unknown>[];
  const waiting = waitingRows(rowsOf(0));
  const admitted = isOfTags ? rowsOf(results.length - 1) : [];
  const digested = reads.map((_, index) =>
    rowsOf(1 + index).map((row) => ({
      bucketMs: Number(row.bucket_ms),
      cells: JSON.parse(String(row.cells)) as (string | number)[][],
    })),
  );
  return plans.map((plan, index) => {
    const { query, values, columns, digest } = plan;
    const { grain, fromMs, toMs } = query;
    const sums = new CellSums(columns, values);
    const isIn = (bucketMs: number) => bucketMs >= fromMs && bucketMs < toMs;
    const filter = filterOf(query);
    const { tag } = query;
    if (tag !== undefined) {
      const cells = [...waitingRows(rowsOf(1 + reads.length + index)), ...waiting];
      sums.addWaiting(cellsOfTag(tag, cells, admitted), query, filter);
      return inOrder(sums.rows().map(toSum(values)), query);
    }
    sums.addWaiting(waiting, query, filter);
    if (digest !== undefined) {
      const read = reads.findIndex((each) => each.digest === digest && each.grain === grain);
      for (const { bucketMs, cells } of digested[read] ?? []) {
        if (isIn(bucketMs)) sums.addDigest(digest, bucketMs, cells, filter);
      }
    }
    sums.addRows(rowsOf(1 + reads.length + index));
    return inOrder(sums.rows().map(toSum(values)), query);
  });
}

function digestReads(plans: readonly Plan[]): readonly DigestRead[] {
  const reads: DigestRead[] = [];
  for (const { digest, query } of plans) {
    if (digest === undefined) continue;
    const { grain, fromMs, toMs } = query;
    const at = reads.findIndex((read) => read.digest === digest && read.grain === grain);
    const same = reads[at];
    const read = {
      digest,
      grain,
      fromMs: Math.min(fromMs, same?.fromMs ?? fromMs),
      toMs: Math.max(toMs, same?.toMs ?? toMs),
    };
    if (same === undefined) reads.push(read);
    else reads[at] = read;
  }
  return reads;
}

/** By column, the values it may have. */
function filterOf({ where = {}, only }: CellQuery): ReadonlyMap<string, ReadonlySet<string>> {
  const filter = new Map<string, ReadonlySet<string>>();
  for (const name of filteredBy(where)) {
    filter.set(DIMENSION_COLUMNS[name], new Set([where[name] ?? ""]));
  }
  if (only !== undefined) {
    const column = DIMENSION_COLUMNS[only.dimension];
    const known = filter.get(column);
    filter.set(column, new Set(only.values.filter((value) => known?.has(value) ?? true)));
  }
  return filter;
}

/**
 * The sums of cells that are rows of a rollup, or a key's hour, and not in a digest. If the columns allow it, they are
 * summed a little finer, in primary key order, so that SQLite needn't sort the cells.
 */
function selectSums({ query, values, columns, digest }: Plan): SQL {
  const { by, grain, side, fromMs, toMs } = query;
  if (query.tag !== undefined) return selectTagCells(query.tag, query);
  const names = values.map((place) => CELL_VALUE_COLUMNS[place] ?? "");
  const sums = names.map((column) => `sum(${column}) as ${column}`);
  const selected = sql.raw([...columns, ...sums].join(", "));
  const condition = conditionOf(query);
  const grouped = sql.raw(`group by ${inKeyOrder(by).join(", ")}`);
  if (digest !== undefined) {
    return sql`
      select ${selected} from (
        select r.* from usage_undigested u cross join ${rollupOf(grain)} r
        where u.grain = ${grain} and u.bucket_ms >= ${fromMs} and u.bucket_ms < ${toMs}
          and r.side = ${side} and r.bucket_ms = u.bucket_ms)
      where ${condition} ${grouped}`;
  }
  const wanted = sql`${inRange(query)} and ${condition}${hasNoModel(query)}`;
  const ofRollup = sql`select ${selected} from ${rollup(query)} where ${wanted} ${grouped}`;
  if (side === "caller" || grain === "day") return ofRollup;
  const read = [
    ...new Set(["side", "bucket_ms", ...columns, ...[...filterOf(query).keys()], ...names]),
  ];
  return sql`
    ${ofRollup}
    union all
    select ${selected} from (
      select ${keyHourValues(read)} from ${keyHours(query)}, json_each(k.cells) e
      where k.bucket_ms >= ${fromMs} and k.bucket_ms < ${toMs}
        ${ofProvider(query)})
    where ${wanted} ${sql.raw(`group by ${columns.join(", ")}`)}`;
}

/** Days of keys have no models: with the empty one, the key's id continues the index. */
function hasNoModel({ side, grain }: CellQuery): SQL {
  return side === "key" && grain === "day" ? sql` and model = ''` : sql``;
}

/** Before the cells are unpacked. */
function ofProvider({ where }: CellQuery): SQL {
  return where?.provider === undefined ? sql`` : sql`and k.provider = ${where.provider}`;
}

/** More buckets are read as a range. */
const MOST_SOUGHT = 1_000;

/**
 * The starts of the buckets of a query about one key, as JSON; null for any other. Its rows are sought bucket by bucket:
 * in a range of time, the index would lead to the rows of all keys.
 */
function soughtBuckets({ side, grain, where, fromMs, toMs }: CellQuery): string | null {
  if (side !== "key" || where?.provider === undefined || where.subjectId === undefined) return null;
  const bucketMs = grain === "hour" ? HOUR_MS : DAY_MS;
  const firstMs = Math.ceil(fromMs / bucketMs) * bucketMs;
  const count = Math.max(0, Math.ceil((toMs - firstMs) / bucketMs));
  if (count > MOST_SOUGHT) return null;
  return JSON.stringify(Array.from({ length: count }, (_, index) => firstMs + index * bucketMs));
}

function rollup(query: CellQuery): SQL {
  const sought = soughtBuckets(query);
  const table = rollupOf(query.grain);
  if (sought === null) return table;
  return sql`json_each(${sought}) h cross join ${table} r on r.side = 'key' and r.bucket_ms = h.value`;
}

/** The rows of keys' hours, as `k`. */
function keyHours(query: CellQuery): SQL {
  const sought = soughtBuckets(query);
  if (sought === null) return sql`usage_key_hours k`;
  const { provider, subjectId } = query.where ?? {};
  return sql`json_each(${sought}) h cross join usage_key_hours k
    on k.bucket_ms = h.value and k.provider = ${provider} and k.key_id = ${subjectId}`;
}

const KEY_START: readonly CellDimension[] = ["bucketMs", "provider", "model"];

function inKeyOrder(by: readonly CellDimension[]): readonly string[] {
  const isOfKeyStart = by.every((dimension) => KEY_START.includes(dimension));
  const last = Math.max(...by.map((dimension) => KEY_START.indexOf(dimension)));
  const dimensions = isOfKeyStart ? KEY_START.slice(0, last + 1) : by;
  return dimensions.map((dimension) => DIMENSION_COLUMNS[dimension]);
}

function conditionOf(query: CellQuery): SQL {
  const conditions = [...filterOf(query)].map(([column, values]) => {
    const [first, ...others] = values;
    return first !== undefined && others.length === 0
      ? sql`${sql.raw(column)} = ${first}`
      : sql`${sql.raw(column)} in (select value from json_each(${JSON.stringify([...values])}))`;
  });
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}

function toSum(wanted: readonly number[]) {
  const timesOf = (name: "duration" | "first_token") =>
    wanted.flatMap((place, index) => {
      const value = CELL_VALUES[place];
      return value !== undefined && "bucketsOf" in value && value.bucketsOf === name ? [index] : [];
    });
  const [durations, firstTokens] = [timesOf("duration"), timesOf("first_token")];
  return ({ place, values }: CellSumRow): CellSum => {
    const measured = MEASURES.map(([measure, at]): [Measure, number] => [
      measure,
      values[wanted.indexOf(at)] ?? 0,
    ]);
    const text = (name: CellDimension) => String(place[DIMENSION_COLUMNS[name]] ?? "");
    return {
      bucketMs: Number(place.bucket_ms ?? 0),
      provider: text("provider"),
      model: text("model"),
      subjectId: text("subjectId"),
      userId: text("userId"),
      outcome: text("outcome"),
      values: Object.fromEntries(measured) as Record<Measure, number>,
      durations: durations.map((at) => values[at] ?? 0),
      firstTokens: firstTokens.map((at) => values[at] ?? 0),
    };
  };
}

const MEASURES = CELL_VALUES.flatMap((value, place): [Measure, number][] =>
  "measure" in value ? [[value.measure, place]] : [],
);

function inOrder(sums: readonly CellSum[], { by, limit }: CellQuery): readonly CellSum[] {
  const order = by.includes("bucketMs")
    ? (a: CellSum, b: CellSum) => a.bucketMs - b.bucketMs
    : (a: CellSum, b: CellSum) => b.values.requests - a.values.requests;
  return sums.toSorted(order).slice(0, limit);
}
