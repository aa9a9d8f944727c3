import { sql } from "drizzle-orm";
import type { Database } from "./open-database";

/**
 * Renews the figures that SQLite plans queries by, where tables have changed much.
 * https://developers.cloudflare.com/d1/sql-api/sql-statements/#pragma-optimize
 */
export async function optimizeDatabase(db: Database): Promise<void> {
  await db.run(sql`pragma optimize`);
}
