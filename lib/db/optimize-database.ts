import { sql } from "drizzle-orm";
import type { Database } from "./open-database";

/**
 * Updates the statistics of SQLite's query planner for tables that have changed a lot.
 * https://developers.cloudflare.com/d1/sql-api/sql-statements/#pragma-optimize
 */
export async function optimizeDatabase(db: Database): Promise<void> {
  await db.run(sql`pragma optimize`);
}
