/**
 * Migrations run over the data of the previous version, and a version whose migrations were forgotten serves
 * nevertheless.
 */
import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { dropTables, tableNames } from "../empty-database";
import { migrate } from "./migrate";

type Row = Readonly<Record<string, unknown>>;
interface Column {
  readonly name: string;
  readonly type: string;
}

const d1 = env.OLDER_DB;
const quoted = (name: string) => `"${name}"`;

/** The result of each statement, by the name of its table; all in one call. */
async function allBy<Result>(
  tables: Iterable<string>,
  statement: (table: string) => string,
): Promise<ReadonlyMap<string, Result[]>> {
  const names = [...tables];
  if (names.length === 0) return new Map();
  const answers = await d1.batch<Result>(names.map((name) => d1.prepare(statement(name))));
  return new Map(names.map((name, index) => [name, answers[index]?.results ?? []]));
}

/** A value of the column's type, different for each row; as text it is valid JSON. */
function fillIn({ type }: Column, row: number): string | number {
  if (type === "text") return JSON.stringify(`row ${row}`);
  return type === "real" ? row + 0.5 : row;
}

beforeAll(() => dropTables(d1));

test("each migration keeps every row of every table as it was, and new rows fit in", async () => {
  let kept: ReadonlyMap<string, readonly Row[]> = new Map();
  for (const [index, migration] of env.TEST_MIGRATIONS.entries()) {
    await migrate(d1, [migration]);
    const tables = (await tableNames(d1)).filter((name) => name !== "d1_migrations");
    const columns = await allBy<Column>(tables, (table) => `pragma table_info(${quoted(table)})`);
    const now = await allBy<Row>(kept.keys(), (table) => {
      const names = Object.keys(kept.get(table)?.[0] ?? {}).map(quoted);
      return `select ${names.join(", ")} from ${quoted(table)}`;
    });
    for (const [table, rows] of kept) {
      expect(now.get(table), `${table} after ${migration.name}`).toEqual(
        expect.arrayContaining([...rows]),
      );
      expect(now.get(table)).toHaveLength(rows.length);
    }
    // In addition to what migrations insert themselves.
    await d1.batch(
      [...columns].map(([table, of]) =>
        d1
          .prepare(
            `insert into ${quoted(table)} (${of.map(({ name }) => quoted(name)).join(", ")})
             values (${of.map(() => "?").join(", ")})`,
          )
          .bind(...of.map((column) => fillIn(column, 1_000 + index))),
      ),
    );
    kept = await allBy<Row>(tables, (table) => `select * from ${quoted(table)}`);
  }
  expect(kept.size).toBeGreaterThan(20);
  expect(kept.get("provider_keys")).toHaveLength(env.TEST_MIGRATIONS.length);
});
