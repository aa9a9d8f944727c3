/**
 * D1 in virtual time: SQLite in memory with the project's schema. A call takes as long as a remote one; it runs
 * half-way through.
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { root } from "../../../scripts/root.ts";

interface SimStatement {
  readonly sql: string;
  readonly params: readonly SQLInputValue[];
}

/** What the calls of one isolate, or of the portal, share. */
export interface SimD1 {
  /** @param delay Resolves after half of a call's duration. */
  binding(delay: () => Promise<void>): D1Database;
  close(): void;
}

export function openSimD1(): SimD1 {
  const sqlite = new DatabaseSync(":memory:");
  const folder = join(root, "drizzle");
  const migrations = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  for (const name of migrations.sort()) sqlite.exec(readFileSync(join(folder, name), "utf8"));
  return {
    binding: (delay) => binding(sqlite, delay),
    close: () => sqlite.close(),
  };
}

function binding(sqlite: DatabaseSync, delay: () => Promise<void>): D1Database {
  const call = async <Result>(run: () => Result): Promise<Result> => {
    await delay();
    try {
      return run();
    } catch (error) {
      throw new Error(`D1_ERROR: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      await delay();
    }
  };
  const objects = ({ sql, params }: SimStatement) => {
    const results = sqlite.prepare(sql).all(...params);
    const { changes } = sqlite.prepare("select changes() as changes").get() as { changes: number };
    return { success: true, results, meta: { changes, rows_written: changes, rows_read: 0 } };
  };
  const rows = ({ sql, params }: SimStatement) => {
    const statement = sqlite.prepare(sql);
    statement.setReturnArrays(true);
    return statement.all(...params);
  };
  const statementOf = (sql: string, params: readonly SQLInputValue[]): object => ({
    sql,
    params,
    bind: (...values: SQLInputValue[]) => statementOf(sql, values),
    all: () => call(() => objects({ sql, params })),
    run: () => call(() => objects({ sql, params })),
    raw: () => call(() => rows({ sql, params })),
    first: () => call(() => objects({ sql, params }).results[0] ?? null),
  });
  const database = {
    prepare: (sql: string) => statementOf(sql, []),
    batch: (statements: readonly SimStatement[]) =>
      call(() => {
        sqlite.exec("begin");
        try {
          const results = statements.map(objects);
          sqlite.exec("commit");
          return results;
        } catch (error) {
          sqlite.exec("rollback");
          throw error;
        }
      }),
  };
  // Everything the product calls is here.
  return database as unknown as D1Database;
}
