/**
 * The counter that shows isolates whether anything changed, and the transactions that increment it.
 * @module
 */
import { type SQLWrapper, sql } from "drizzle-orm";
import { SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";
import type { Database } from "../open-database";
import { stateVersion } from "../schema/schema";

/** In a statement for `changeState`: the version to write to the rows it touches. */
export const TAKEN_VERSION = sql<number>`(select version from state_version)`;

const TAKE_VERSION = sql`update state_version set version = version + 1 returning version`;

/**
 * The latest version taken in this isolate, by database. On `globalThis`, because the Worker's entry and Next are
 * bundled separately.
 */
const shared = globalThis as { oneBalanceTaken?: WeakMap<D1Database, number> };

/** The latest version that a change of this isolate took; undefined if there was none. */
export function lastTakenVersion(db: Database): number | undefined {
  return shared.oneBalanceTaken?.get(db.$client);
}

/** For changes that don't use `changeState`. */
export function noteVersion(db: Database, version: number): void {
  shared.oneBalanceTaken ??= new WeakMap();
  shared.oneBalanceTaken.set(db.$client, version);
}

export interface StateChange {
  readonly version: number;
  /** Rows written by each of the statements. */
  readonly rowCounts: readonly number[];
  /** Rows returned by each of the statements, columns by name. */
  readonly rows: readonly (readonly unknown[])[];
}

/** Runs statements that change keys, cooldowns or tokens in one transaction, under a new version. */
export async function changeState(
  db: Database,
  statements: readonly SQLWrapper[],
): Promise<StateChange> {
  const [taken, ...results] = await runBatch(db, [TAKE_VERSION, ...statements]);
  const row = taken?.results[0] as { version: number } | undefined;
  if (row === undefined) throw new Error("state_version is empty: apply the migrations");
  noteVersion(db, row.version);
  return {
    version: row.version,
    rowCounts: results.map((result) => result.meta.changes),
    rows: results.map((result) => result.results),
  };
}

let dialect: SQLiteAsyncDialect | undefined;

/** By statement: what must be true when the transaction that contains it begins. */
const conditions = new WeakMap<SQLWrapper, SQLWrapper>();

/**
 * The statement, whose transactions begin with another one.
 * @param condition Fails if the transaction must not be executed.
 */
export function onlyIf<Statement extends SQLWrapper>(
  condition: SQLWrapper,
  statement: Statement,
): Statement {
  conditions.set(statement, condition);
  return statement;
}

/**
 * One transaction. drizzle's own `batch()` (0.45) loses the parameters of `sql` statements.
 * @returns The results of the statements, without those of their conditions.
 */
export async function runBatch(
  db: Database,
  statements: readonly SQLWrapper[],
): Promise<D1Result[]> {
  dialect ??= new SQLiteAsyncDialect();
  const known = dialect;
  const first = [...new Set(statements.flatMap((statement) => conditions.get(statement) ?? []))];
  const results = await db.$client.batch(
    [...first, ...statements].map((statement) => {
      const query = known.sqlToQuery(statement.getSQL());
      return db.$client.prepare(query.sql).bind(...query.params);
    }),
  );
  return results.slice(first.length);
}

export function selectVersion(db: Database) {
  return db.select({ version: stateVersion.version }).from(stateVersion);
}
