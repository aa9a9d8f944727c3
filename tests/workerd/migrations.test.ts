/**
 * Migrations go forward over the data of the version before, and a version whose migrations were forgotten
 * serves all the same.
 */
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";

type Row = Readonly<Record<string, unknown>>;
interface Column {
  readonly name: string;
  readonly type: string;
}

const d1 = env.OLDER_DB;
const quoted = (name: string) => `"${name}"`;

async function all<Result = Row>(statement: string, ...values: unknown[]): Promise<Result[]> {
  return (
    await d1
      .prepare(statement)
      .bind(...values)
      .all<Result>()
  ).results;
}

async function columnsByTable(): Promise<ReadonlyMap<string, readonly Column[]>> {
  const tables = await all<{ name: string }>(`
    select name from sqlite_master where type = 'table'
      and name not like 'sqlite\\_%' escape '\\' and name not like '\\_cf\\_%' escape '\\'
      and name <> 'd1_migrations'`);
  return new Map(
    await Promise.all(
      tables.map(
        async ({ name }) =>
          [name, await all<Column>(`pragma table_info(${quoted(name)})`)] as const,
      ),
    ),
  );
}

/** A value of the column's type, another for each row; as text it is JSON as well. */
function fillIn({ type }: Column, row: number): string | number {
  if (type === "text") return JSON.stringify(`row ${row}`);
  return type === "real" ? row + 0.5 : row;
}

test("each migration keeps every row of every table as it was, and new rows fit in", async () => {
  const kept = new Map<string, Row[]>();
  for (const [index, migration] of env.TEST_MIGRATIONS.entries()) {
    await applyD1Migrations(d1, [migration]);
    const tables = await columnsByTable();
    for (const [table, rows] of kept) {
      const names = Object.keys(rows[0] ?? {})
        .map(quoted)
        .join(", ");
      const now = await all(`select ${names} from ${quoted(table)}`);
      expect(now, `${table} after ${migration.name}`).toEqual(expect.arrayContaining(rows));
      expect(now).toHaveLength(rows.length);
    }
    for (const [table, columns] of tables) {
      // Above what migrations put in themselves.
      const row = 1_000 + index;
      await d1
        .prepare(
          `insert into ${quoted(table)} (${columns.map(({ name }) => quoted(name)).join(", ")})
           values (${columns.map(() => "?").join(", ")})`,
        )
        .bind(...columns.map((column) => fillIn(column, row)))
        .run();
      kept.set(table, await all(`select * from ${quoted(table)}`));
    }
  }
  expect(kept.size).toBeGreaterThan(20);
  expect(kept.get("provider_keys")).toHaveLength(env.TEST_MIGRATIONS.length);
});
