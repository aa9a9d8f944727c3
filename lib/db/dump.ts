/**
 * Writes a whole database as lines of JSON and reads it back: a header, then each table's name and columns followed by
 * its rows as lists, then an end marker, so that a truncated file is noticed.
 *
 * Rows are read and written a few hundred at a time by plain statements, so any D1 works: a local one, or a deployed
 * one through Cloudflare's API. Rows written during the dump may or may not be included.
 * @module
 */
import { BackupError } from "../crypto/backup-error.ts";

export type Value = string | number | null;

/** Runs one statement. @returns Its rows, columns by name. */
export type Query = (
  sql: string,
  params?: readonly Value[],
) => Promise<readonly Readonly<Record<string, Value>>[]>;

/** What a restored instance needs besides its tables. */
export interface DumpHead {
  readonly format: 1;
  /** Names of the applied migrations, in order. */
  readonly migrations: readonly string[];
  /** `KEY_ENCRYPTION_SECRET` and the others: without it, the keys in the tables can't be decrypted. */
  readonly secrets: Readonly<Record<string, string>>;
}

type Line =
  | DumpHead
  | { readonly table: string; readonly columns: readonly string[] }
  | readonly Value[]
  | { readonly rows: number };

const ROWS_AT_ONCE = 200;
/** D1 accepts 2 MB per parameter, and rows of the usage journal can be long. */
const CHARS_AT_ONCE = 500_000;

/**
 * All except those of the platform and of the migrations themselves, and sessions: one that has ended since must not
 * come back with a backup. Nor leases, which are over within minutes. Nor what is derived from the other tables, which
 * is derived again.
 */
const USER_TABLES = `
  select name from sqlite_master
  where type = 'table' and name not like 'sqlite\\_%' escape '\\' and name not like '\\_cf\\_%' escape '\\'
    and name not in ('d1_migrations', 'sessions', 'isolate_leases', 'isolate_uses', 'usage_digests', 'usage_undigested',
      'quota_days')
  order by name = 'state_version', name`;

/** `state_version` is read last: no row is newer than it says. */
export async function* dumpDatabase(
  query: Query,
  secrets: DumpHead["secrets"],
): AsyncGenerator<string> {
  yield line({ format: 1, migrations: await appliedMigrations(query), secrets });
  let rows = 0;
  for (const table of await tablesOf(query)) {
    const { columns, key } = await columnsOf(query, table);
    yield line({ table, columns });
    for await (const row of rowsOf(query, table, columns, key)) {
      yield line(row);
      rows++;
    }
  }
  yield line({ rows });
}

function line(value: Line): string {
  return `${JSON.stringify(value)}\n`;
}

/**
 * A dump's lines, from text in pieces. Splits at line feeds only: node:readline also splits at U+2028, which JSON
 * doesn't escape.
 */
export async function* splitLines(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let open = "";
  for await (const text of texts) {
    const lines = `${open}${text}`.split("\n");
    open = lines.pop() ?? "";
    yield* lines;
  }
}

export async function appliedMigrations(query: Query): Promise<string[]> {
  const rows = await query("select name from d1_migrations order by name");
  return rows.map(({ name }) => String(name));
}

async function tablesOf(query: Query): Promise<string[]> {
  return (await query(USER_TABLES)).map(({ name }) => String(name));
}

async function columnsOf(query: Query, table: string) {
  const info = await query(`pragma table_info(${quoted(table)})`);
  const names = info.map(({ name }) => String(name));
  const key = info
    .filter(({ pk }) => Number(pk) > 0)
    .sort((a, b) => Number(a.pk) - Number(b.pk))
    .map(({ name }) => String(name));
  if (key.length === 0) throw new Error(`table ${table} has no primary key`);
  return { columns: names, key };
}

/** In primary key order, page by page, each starting after the previous page's last row. */
async function* rowsOf(
  query: Query,
  table: string,
  columns: readonly string[],
  key: readonly string[],
): AsyncGenerator<Value[]> {
  const keyList = key.map(quoted).join(", ");
  const select = `select ${columns.map(quoted).join(", ")} from ${quoted(table)}`;
  const order = `order by ${keyList} limit ${ROWS_AT_ONCE}`;
  const after = `where (${keyList}) > (${key.map((_, index) => `?${index + 1}`).join(", ")})`;
  let rows = await query(`${select} ${order}`);
  for (;;) {
    for (const row of rows) yield columns.map((column) => row[column] ?? null);
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_AT_ONCE) return;
    rows = await query(
      `${select} ${after} ${order}`,
      key.map((column) => last[column] ?? null),
    );
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** @throws {BackupError} if some table has rows: a restore never mixes two instances. */
export async function assertEmpty(query: Query): Promise<void> {
  for (const table of await tablesOf(query)) {
    if (table === "state_version") continue;
    const rows = await query(`select 1 as one from ${quoted(table)} limit 1`);
    if (rows.length > 0) {
      throw new BackupError(
        `the instance is not empty (${table} has rows): restore into a new one`,
      );
    }
  }
}

/** For each rollup, the statement that marks the digests of all its buckets as missing (`usage/usage-digests.ts`). */
export const NOTE_UNDIGESTED: ReadonlyMap<string, string> = new Map(
  (
    [
      ["hour", "usage_hourly"],
      ["day", "usage_daily"],
    ] as const
  ).map(([grain, rollup]) => [
    rollup,
    `insert into usage_undigested (grain, bucket_ms)
      select distinct '${grain}', bucket_ms from ${rollup} where side = 'caller'
      on conflict do nothing`,
  ]),
);

/** Transforms a table's rows; null leaves them unchanged. */
export type ChangeRows = (
  table: string,
  columns: readonly string[],
) => ((row: readonly Value[]) => readonly Value[] | Promise<readonly Value[]>) | null;

/**
 * Writes the rows of a dump whose header was read into a database with the same migrations.
 * @returns The number of rows.
 * @throws {BackupError} if the dump ends early.
 */
export async function loadRows(
  query: Query,
  lines: AsyncIterable<string>,
  changeRows: ChangeRows = () => null,
): Promise<number> {
  let insert: ((rows: readonly (readonly Value[])[]) => Promise<unknown>) | undefined;
  let change: ReturnType<ChangeRows> = null;
  let waiting: (readonly Value[])[] = [];
  let chars = 0;
  let rows = 0;
  const tables: string[] = [];
  const flush = async () => {
    if (waiting.length > 0) await insert?.(waiting);
    rows += waiting.length;
    waiting = [];
    chars = 0;
  };
  for await (const text of lines) {
    const value: Line = JSON.parse(text);
    if (isRow(value)) {
      waiting.push(change === null ? value : await change(value));
      chars += text.length;
      if (waiting.length === ROWS_AT_ONCE || chars > CHARS_AT_ONCE) await flush();
      continue;
    }
    await flush();
    if ("rows" in value) {
      if (value.rows !== rows) throw new BackupError("the backup is damaged: rows are missing");
      for (const table of tables) {
        const note = NOTE_UNDIGESTED.get(table);
        if (note !== undefined) await query(note);
      }
      return rows;
    }
    if (!("table" in value)) continue;
    tables.push(value.table);
    insert = inserter(query, value.table, value.columns);
    change = changeRows(value.table, value.columns);
  }
  throw new BackupError("the backup is damaged: it ends too early");
}

function isRow(value: Line): value is readonly Value[] {
  return Array.isArray(value);
}

function inserter(query: Query, table: string, columns: readonly string[]) {
  const names = columns.map(quoted).join(", ");
  const values = columns.map((_, index) => `e.value ->> ${index}`).join(", ");
  // `state_version` has its row from the start.
  const sql = `insert or replace into ${quoted(table)} (${names}) select ${values} from json_each(?1) e`;
  return (rows: readonly (readonly Value[])[]) => query(sql, [JSON.stringify(rows)]);
}
