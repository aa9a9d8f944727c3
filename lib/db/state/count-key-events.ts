import { sql } from "drizzle-orm";
import type { Database } from "../open-database";

export interface KeyEventCount {
  /** Start of the bucket, epoch milliseconds. */
  readonly bucketMs: number;
  readonly kind: "cooled" | "blocked";
  readonly count: number;
}

/** How many cooldowns and blocks of keys began in each bucket of `bucketMs` milliseconds; empty buckets are missing. */
export function countKeyEvents(
  db: Database,
  range: { readonly fromMs: number; readonly toMs: number; readonly bucketMs: number },
  filter: {
    readonly provider?: string | undefined;
    readonly model?: string | undefined;
    readonly keyId?: string | undefined;
  },
): Promise<KeyEventCount[]> {
  const { fromMs, toMs, bucketMs } = range;
  const { provider, model, keyId } = filter;
  return db.all<KeyEventCount>(sql`
    select at_ms - at_ms % ${bucketMs} as "bucketMs", kind, count(*) as count
    from key_events
    where at_ms >= ${fromMs} and at_ms < ${toMs} and kind in ('cooled', 'blocked')
      ${provider === undefined ? sql`` : sql`and provider = ${provider}`}
      ${model === undefined ? sql`` : sql`and model = ${model}`}
      ${keyId === undefined ? sql`` : sql`and key_id = ${keyId}`}
    group by 1, 2 order by 1`);
}
