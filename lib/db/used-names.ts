import { sql } from "drizzle-orm";
import type { Database } from "./open-database";
import { type CellRange, inRange, packedCells, rollupOf } from "./usage-cells";

const DIMENSIONS = ["provider", "model", "subject_id", "user_id"] as const;

/** What occurs in the cells of a range, each list sorted; ids of tokens, or of keys on their side. */
export interface UsedNames {
  readonly providers: readonly string[];
  readonly models: readonly string[];
  readonly subjects: readonly string[];
  readonly users: readonly string[];
}

/** @param userId Only what this member used; everybody's without. */
export async function listUsedNames(
  db: Database,
  range: CellRange,
  userId: string | undefined,
  limit: number,
): Promise<UsedNames> {
  const columns = sql.raw(DIMENSIONS.join(", "));
  const wanted = sql`${inRange(range)} and ${userId === undefined ? sql`true` : sql`user_id = ${userId}`}`;
  const lists = DIMENSIONS.map(
    (dimension) => sql`
      select * from (
        select distinct ${dimension} as dimension, ${sql.raw(dimension)} as name from used
        where name <> '' order by name limit ${limit})`,
  );
  const rows = await db.all<{ dimension: (typeof DIMENSIONS)[number]; name: string }>(sql`
    with used as materialized (
      select distinct ${columns} from ${rollupOf(range.grain)} where ${wanted}
      union
      select ${columns} from (${packedCells(range, ["side", "bucket_ms", ...DIMENSIONS])})
      where ${wanted})
    ${sql.join(lists, sql` union all `)}`);
  const namesOf = (dimension: (typeof DIMENSIONS)[number]) =>
    rows.filter((row) => row.dimension === dimension).map(({ name }) => name);
  return {
    providers: namesOf("provider"),
    models: namesOf("model"),
    subjects: namesOf("subject_id"),
    users: namesOf("user_id"),
  };
}
