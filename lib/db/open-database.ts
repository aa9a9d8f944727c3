import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";

/** D1 with the query builder. `transaction()` always fails on D1: see `state-version.ts`. */
export type Database = DrizzleD1Database & { readonly $client: D1Database };

export function openDatabase(d1: D1Database): Database {
  return drizzle(d1);
}
