/**
 * Decides which isolate does the upkeep: one at a time, by one atomic statement. If that isolate dies, its lease
 * runs out and another takes over.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import type { Database } from "./open-database";
import {
  type UpkeepReport,
  type UpkeepRow,
  type UpkeepTrigger,
  upkeep,
} from "./schema/upkeep-schema";
import { runBatch } from "./state/state-version";

/** Longer than a run may take: it begins no job after 10 s, and the longest takes some 15 s. */
const LEASE_MS = 60_000;

export interface UpkeepClaim {
  /** New for each run. */
  readonly holder: string;
  readonly startedBy: UpkeepTrigger;
  /** The last run must have begun so long ago; 0 takes the next turn. */
  readonly idleMs: number;
  /** The statement of `auditChange`, where a person takes the turn. */
  readonly audit?: SQL;
}

/**
 * On a new database the first call only starts the clock, unless it takes the next turn.
 * A run in the future was begun by a clock that was set back since: it does not count.
 * @returns How many runs were started before this one; null if it is not this one's turn.
 */
export async function takeUpkeepLease(
  db: Database,
  { holder, startedBy, idleMs, audit }: UpkeepClaim,
  nowMs: number,
): Promise<number | null> {
  const untilMs = nowMs + LEASE_MS;
  const isNext = idleMs === 0;
  const [taken] = await runBatch(db, [
    sql`
      insert into upkeep (id, holder, lease_until_ms, started_at_ms, started_by, runs)
      values (1, ${isNext ? holder : null}, ${isNext ? untilMs : 0}, ${nowMs}, ${startedBy}, 0)
      on conflict (id) do update set
        holder = ${holder}, lease_until_ms = ${untilMs},
        started_at_ms = excluded.started_at_ms, started_by = excluded.started_by, runs = runs + 1
      where (lease_until_ms <= ${nowMs} or lease_until_ms > ${nowMs + LEASE_MS})
        and (started_at_ms <= ${nowMs - idleMs} or started_at_ms > ${nowMs})
      returning holder, runs`,
    ...(audit === undefined ? [] : [audit]),
  ]);
  const row = taken?.results[0] as Pick<UpkeepRow, "holder" | "runs"> | undefined;
  return row?.holder === holder ? row.runs : null;
}

/** Holds on to the lease for another while; false if another has taken over. */
export async function renewUpkeepLease(
  db: Database,
  holder: string,
  nowMs: number,
): Promise<boolean> {
  const [renewed] = await runBatch(db, [
    sql`update upkeep set lease_until_ms = ${nowMs + LEASE_MS} where holder = ${holder}`,
  ]);
  return (renewed?.meta.changes ?? 0) > 0;
}

/** Gives the lease back and says what was done; nothing happens if another has taken over. */
export async function finishUpkeep(
  db: Database,
  holder: string,
  report: UpkeepReport,
  nowMs: number,
): Promise<void> {
  await runBatch(db, [
    sql`
      update upkeep set holder = null, lease_until_ms = 0, finished_at_ms = ${nowMs},
        report = ${JSON.stringify(report)}
      where holder = ${holder}`,
  ]);
}

/** Undefined where nobody ever ran. */
export function readUpkeep(db: Database): Promise<UpkeepRow | undefined> {
  return db.select().from(upkeep).get();
}
