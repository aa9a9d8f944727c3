/**
 * Decides which isolate runs maintenance: one at a time, by one atomic statement. If that isolate dies, its lease runs
 * out and another takes over.
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

/** Longer than a run may take: it starts no job after 10 s, and the longest takes about 15 s. */
const LEASE_MS = 60_000;

export interface UpkeepClaim {
  /** New for each run. */
  readonly holder: string;
  readonly startedBy: UpkeepTrigger;
  /** How long ago the last run must have started; 0 takes the next turn. */
  readonly idleMs: number;
  /** The statement of `auditChange`, if a person starts the run. */
  readonly audit?: SQL;
}

/**
 * On a new database the first call only starts the clock, unless it takes the next turn. A run in the future was
 * started before the clock was set back, and doesn't count.
 * @returns How many runs were started before this one; null if it isn't this one's turn.
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

/** Extends the lease; false if another has taken over. */
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

/** Returns the lease and records what was done; does nothing if another has taken over. */
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

/** Undefined if there was no run. */
export function readUpkeep(db: Database): Promise<UpkeepRow | undefined> {
  return db.select().from(upkeep).get();
}
