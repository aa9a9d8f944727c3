/**
 * Sums of the request log in the shape of cells, by minutes: rollups have only hours. The caller bounds the
 * number of requests in the range, because each is a row.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import { BUCKET_BOUNDS_MS } from "../../usage/histogram";
import { FIRST_MEASURES } from "../../usage/rollup";
import type { Database } from "../open-database";
import {
  LOGGED_SUMS,
  type LoggedRange,
  loggedIn,
  loggedValues,
  type SummedRow,
} from "./read-logged-cells";
import type { CellDimension, CellFilter, CellSum } from "./read-usage-cells";

export interface LoggedQuery extends LoggedRange {
  /** Length of the buckets; all if absent. */
  readonly stepMs?: number;
  /** Besides the bucket and the outcome. */
  readonly by?: Exclude<CellDimension, "bucketMs"> | undefined;
  /** What `subjectId` is. */
  readonly subject: "token" | "key" | { readonly tag: string };
  readonly where: CellFilter;
  readonly tokens?: readonly string[] | undefined;
  /** A key's id: only requests that it was tried for last. */
  readonly keyId?: string | undefined;
  /** Only requests with this value of a tag. */
  readonly tag?: { readonly name: string; readonly value: string } | undefined;
}

/** By bucket, outcome and one more dimension, with times. */
export async function sumLoggedBuckets(
  db: Database,
  query: LoggedQuery,
): Promise<readonly CellSum[]> {
  const { fromMs, toMs, stepMs = toMs - fromMs, by, subject, where, tokens, keyId, tag } = query;
  const columns: Readonly<Record<Exclude<CellDimension, "bucketMs">, SQL>> = {
    provider: sql`provider`,
    model: sql`model`,
    subjectId:
      subject === "token"
        ? sql`token_id`
        : subject === "key"
          ? sql`key_id`
          : sql`${valueOfTag(subject.tag)}`,
    userId: sql`user_id`,
    outcome: sql`outcome`,
  };
  const conditions = [
    ...(Object.keys(where) as (keyof CellFilter)[])
      .filter((name) => where[name] !== undefined)
      .map((name) => sql`${columns[name]} = ${where[name]}`),
    ...(tokens === undefined
      ? []
      : [sql`token_id in (select value from json_each(${JSON.stringify(tokens)}))`]),
    ...(keyId === undefined ? [] : [sql`key_id = ${keyId}`]),
    ...(tag === undefined ? [] : [sql`${valueOfTag(tag.name)} = ${tag.value}`]),
  ];
  const sums = FIRST_MEASURES.map((measure) => `${LOGGED_SUMS[measure]} as "${measure}"`);
  const dimension = by === undefined ? sql`''` : sql`coalesce(${columns[by]}, '')`;
  const rows = await db.all<BucketRow>(sql`
    select at_ms - (at_ms - ${fromMs}) % ${stepMs} as "bucketMs", outcome, ${dimension} as dimension,
      ${sql.raw([...sums, histogram("duration_ms", "durations"), histogram("time_to_first_token_ms", "firstTokens")].join(", "))}
    from request_log
    where ${loggedIn({ fromMs, toMs })}
      and ${conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)}
    group by 1, 2, 3`);
  return rows.map(({ bucketMs, outcome, dimension: value, durations, firstTokens, ...values }) => ({
    ...{ provider: "", model: "", subjectId: "", userId: "" },
    outcome,
    ...(by !== undefined && by !== "outcome" && { [by]: value }),
    bucketMs,
    values: loggedValues(values),
    durations: JSON.parse(durations) as number[],
    firstTokens: JSON.parse(firstTokens) as number[],
  }));
}

interface BucketRow extends SummedRow {
  readonly bucketMs: number;
  readonly outcome: CellSum["outcome"];
  readonly dimension: string;
  /** JSON arrays of counts. */
  readonly durations: string;
  readonly firstTokens: string;
}

/** No name of a tag contains a quote. */
function valueOfTag(tag: string): SQL {
  return sql`tags ->> ${`$."${tag}"`}`;
}

/** As `bucketOf` counts. */
function histogram(column: string, name: string): string {
  const counts = [...BUCKET_BOUNDS_MS, null].map((bound, index) => {
    const from = BUCKET_BOUNDS_MS[index - 1];
    const conditions = [
      ...(from === undefined ? [] : [`${column} > ${from}`]),
      ...(bound === null ? [] : [`${column} <= ${bound}`]),
    ];
    return `count(*) filter (where ${conditions.join(" and ")})`;
  });
  return `json_array(${counts.join(", ")}) as "${name}"`;
}
