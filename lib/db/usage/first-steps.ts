import { sql } from "drizzle-orm";
import type { Database } from "../open-database";

/** Whether anyone has made an access token, and sent a request, since the instance was set up. */
export async function readFirstSteps(
  db: Database,
): Promise<{ readonly hasToken: boolean; readonly hasRequest: boolean }> {
  const [row] = await db.all<{ readonly token: number; readonly request: number }>(sql`
    select
      exists (select 1 from access_tokens where kind = 'app') as token,
      exists (select 1 from request_log)
        or exists (select 1 from usage_open_hours)
        or exists (select 1 from usage_hourly)
        or exists (select 1 from usage_daily)
        or exists (select 1 from usage_journal where cells <> '[]') as request`);
  return { hasToken: row?.token === 1, hasRequest: row?.request === 1 };
}
