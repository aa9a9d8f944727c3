/**
 * The totals of rollup buckets, with fewer dimensions and packed as JSON, so that a chart of a month reads a few rows
 * per day. They are derived from the rollups (`digestUsage`), never counted separately; if one is missing or older than
 * its cells (see `usage_undigested`), the cells themselves are read.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import { CELL_VALUES } from "../../usage/rollup";
import type { Database } from "../open-database";
import { CELL_VALUE_COLUMNS } from "../schema/usage-schema";
import { runBatch } from "../state/state-version";
import { type Grain, jsonArrayOf, jsonArrayOfAll, rollupOf } from "./usage-cells";

export interface Digest {
  readonly name: string;
  /** Its dimensions besides the bucket. */
  readonly by: readonly string[];
  /** Which of `CELL_VALUES` it has, by their indexes. */
  readonly values: readonly number[];
}

const ALL = CELL_VALUES.map((_, place) => place);
const MEASURES = ALL.filter((place) => "measure" in (CELL_VALUES[place] ?? {}));
const TIMES = ALL.filter((place) => "bucketsOf" in (CELL_VALUES[place] ?? {}));

/** Those with the fewest cells first. */
export const DIGESTS: readonly Digest[] = [
  { name: "outcomes", by: ["outcome"], values: ALL },
  { name: "models", by: ["provider", "model", "outcome"], values: MEASURES },
  { name: "times", by: ["provider", "model", "outcome"], values: TIMES },
  { name: "callers", by: ["subject_id", "user_id", "outcome"], values: MEASURES },
];

/** The smallest with these dimensions and values; undefined if there is none. */
export function digestFor(
  columns: readonly string[],
  values: readonly number[],
): Digest | undefined {
  return DIGESTS.find(
    (digest) =>
      columns.every((column) => column === "bucket_ms" || digest.by.includes(column)) &&
      values.every((place) => digest.values.includes(place)),
  );
}

/** A select of `bucket_ms` and `cells`, which are JSON arrays of the digest's columns and values. */
export function selectDigests(digest: Digest, grain: Grain, fromMs: number, toMs: number): SQL {
  return sql`
    select bucket_ms, cells from usage_digests d
    where grain = ${grain} and name = ${digest.name}
      and bucket_ms >= ${fromMs} and bucket_ms < ${toMs}
      and not exists (
        select 1 from usage_undigested u where u.grain = ${grain} and u.bucket_ms = d.bucket_ms)`;
}

/** The most buckets of each grain per call: all their cells are read once per digest. */
export const MOST_DIGESTED = 12;
/** Even with the longest names and numbers, a row with this many cells is well below D1's 2 MB. */
const CHUNK_CELLS = sql.raw("2000");
const GRAINS: readonly Grain[] = ["hour", "day"];

/**
 * Creates missing digests of buckets, the latest first, in one transaction.
 * @returns The number of buckets.
 */
export async function digestUsage(db: Database): Promise<number> {
  const found = await runBatch(
    db,
    GRAINS.map(
      (grain) => sql`
        select bucket_ms from usage_undigested where grain = ${grain}
        order by bucket_ms desc limit ${MOST_DIGESTED}`,
    ),
  );
  const statements = GRAINS.flatMap((grain, index) => {
    const rows = (found[index]?.results ?? []) as { readonly bucket_ms: number }[];
    return rows.length === 0
      ? []
      : makeDigests(
          grain,
          rows.map((row) => row.bucket_ms),
        );
  });
  if (statements.length > 0) await runBatch(db, statements);
  return found.reduce((sum, { results }) => sum + results.length, 0);
}

function makeDigests(grain: Grain, bucketsMs: readonly number[]): readonly SQL[] {
  const buckets = sql`json_each(${JSON.stringify(bucketsMs)})`;
  return [
    sql`
      delete from usage_digests where (grain, name, bucket_ms) in (
        select ${grain}, n.value, b.value
        from json_each(${JSON.stringify(DIGESTS.map(({ name }) => name))}) n, ${buckets} b)`,
    ...DIGESTS.map((digest) => insertDigests(digest, grain, buckets)),
    sql`
      delete from usage_undigested
      where grain = ${grain} and bucket_ms in (select value from ${buckets})`,
  ];
}

function insertDigests({ name, by, values }: Digest, grain: Grain, buckets: SQL): SQL {
  const columns = sql.raw(by.join(", "));
  const valueColumns = values.map((place) => CELL_VALUE_COLUMNS[place] ?? "");
  const sums = sql.raw(valueColumns.map((column) => `sum(${column}) as ${column}`).join(", "));
  return sql`
    insert into usage_digests (grain, name, bucket_ms, chunk, cells)
    select ${grain}, ${name}, bucket_ms, chunk, ${jsonArrayOfAll(sql`cell`)} from (
      select bucket_ms, ${jsonArrayOf([...by, ...valueColumns])} as cell,
        (row_number() over (partition by bucket_ms order by ${columns}) - 1) / ${CHUNK_CELLS} as chunk
      from (
        select bucket_ms, ${columns}, ${sums} from ${buckets} b cross join ${rollupOf(grain)} r
        where r.side = 'caller' and r.bucket_ms = b.value group by bucket_ms, ${columns}))
    group by bucket_ms, chunk`;
}
