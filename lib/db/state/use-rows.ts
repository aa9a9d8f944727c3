/**
 * The D1 table in which isolates report their use of provider keys: each replaces its own row and reads the others'.
 * @module
 */
import { sql } from "drizzle-orm";
import type { ModelReport } from "../../pool/peers/report-format";
import type { Database } from "../open-database";
import { runBatch } from "./state-version";

/** Rows older than this are irrelevant: the longest window is a minute. */
const LIFE_MS = 75_000;
/** The most isolates whose reports are read, the latest first. */
const ISOLATES_MAX = 50;
/** The store's clock in epoch milliseconds, the same for all isolates. */
const STORE_NOW_MS = sql.raw("cast(unixepoch('subsec') * 1000 as integer)");

/** Another isolate's report. Its age is measured by the store's clock, because isolates' clocks may differ. */
export interface PeerRow {
  readonly isolate: string;
  readonly ageMs: number;
  /** A JSON array of `ModelReport`s. */
  readonly models: string;
}

export interface UseRows {
  /** Replaces an isolate's row and reads the others', in one transaction. */
  exchange(isolate: string, models: readonly ModelReport[]): Promise<readonly PeerRow[]>;
}

export class D1UseRows implements UseRows {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async exchange(isolate: string, models: readonly ModelReport[]): Promise<readonly PeerRow[]> {
    const [, others] = await runBatch(this.#db, [
      sql`
        insert into isolate_uses (isolate_id, at_ms, models)
        values (${isolate}, ${STORE_NOW_MS}, ${JSON.stringify(models)})
        on conflict (isolate_id) do update set at_ms = excluded.at_ms, models = excluded.models`,
      sql`
        select isolate_id as isolate, ${STORE_NOW_MS} - at_ms as "ageMs", models
        from isolate_uses
        where isolate_id <> ${isolate} and at_ms >= ${STORE_NOW_MS} - ${LIFE_MS}
        order by at_ms desc limit ${ISOLATES_MAX}`,
      sql`delete from isolate_uses where at_ms < ${STORE_NOW_MS} - ${LIFE_MS}`,
    ]);
    return (others?.results ?? []) as unknown as PeerRow[];
  }
}
