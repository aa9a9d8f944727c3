import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";

/** D1 with the query builder. `transaction()` always fails on D1: see `state-version.ts`. */
export type Database = DrizzleD1Database & { readonly $client: D1Database };

const opened = new WeakMap<D1Database, Database>();

/** Returns the same object for the same binding. */
export function openDatabase(d1: D1Database): Database {
  let database = opened.get(d1);
  if (database === undefined) {
    database = drizzle(d1);
    opened.set(d1, database);
  }
  return database;
}
