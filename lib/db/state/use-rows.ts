/**
 * What isolates sent to provider keys, as they tell each other in D1: each replaces its row, and reads the others'.
 * @module
 */
import { sql } from "drizzle-orm";
import type { ToldModel } from "../../pool/peers/told-use";
import type { Database } from "../open-database";
import { runBatch } from "./state-version";

/** Rows older than this say nothing any more: the longest window is a minute. */
const LIFE_MS = 75_000;
/** So many isolates are reckoned with, the latest. */
const ISOLATES_MAX = 50;
/** The store's clock, epoch milliseconds: one for all isolates. */
const STORE_NOW_MS = sql.raw("cast(unixepoch('subsec') * 1000 as integer)");

/** What another isolate told, and how long ago: clocks of isolates may differ, so the store's own measures it. */
export interface PeerRow {
  readonly isolate: string;
  readonly ageMs: number;
  /** JSON of `ToldModel`s. */
  readonly models: string;
}

/** The rows of all isolates. */
export interface UseRows {
  /** Replaces an isolate's row and reads those of the others, in one transaction. */
  exchange(isolate: string, models: readonly ToldModel[]): Promise<readonly PeerRow[]>;
}

/** In D1. */
export class D1UseRows implements UseRows {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async exchange(isolate: string, models: readonly ToldModel[]): Promise<readonly PeerRow[]> {
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
