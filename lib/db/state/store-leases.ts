/**
 * Leases without an object: each isolate keeps one row of what it holds, and reads those of the others in the same
 * transaction. D1 runs one transaction after the other, so of two simultaneous requests the later one sees what the
 * earlier one claimed; what it claimed unnecessarily stays in its row until its next request, and no other isolate uses
 * it.
 * @module
 */
import { sql } from "drizzle-orm";
import {
  type Grant,
  grant,
  LEASE_MS,
  type LeaseAsk,
  LOST_MS,
  type Report,
  YOUNG_MS,
} from "../../leases/lease";
import type { LeasePort } from "../../leases/lease-port";
import type { LeaseQuestion } from "../../leases/leased-limit";
import type { Database } from "../open-database";
import type { StoredReport } from "../schema/lease-schema";
import { runBatch } from "./state-version";

/** Rows older than this are irrelevant; the longest window is a minute. */
const LIFE_MS = Math.max(LOST_MS, LEASE_MS + 60_000);
/** The most isolates whose rows are read, the latest first. */
const ISOLATES_MAX = 200;
/** What was read longer ago is no basis for a claim. */
const KNOWN_MS = LIFE_MS;
/**
 * If nothing is known, at most this part is claimed beyond what is used, because an unnecessary claim is lost to all.
 */
const FIRST_PART = 8;

/** What one isolate reported last. */
export interface LeaseRow {
  readonly isolate: string;
  /** A JSON array of `StoredReport`s. */
  readonly reports: string;
}

/** Another isolate's report. Its age is measured by the store's clock, because isolates' clocks may differ. */
export interface OtherLeaseRow extends LeaseRow {
  readonly ageMs: number;
}

export interface LeaseRows {
  /** Replaces an isolate's row and reads the others', in one transaction. */
  exchange(own: LeaseRow): Promise<readonly OtherLeaseRow[]>;
}

type Reports = ReadonlyMap<string, readonly Report[]>;

const NONE: readonly Report[] = [];

export class StoreLeases implements LeasePort {
  readonly takes = "everything";
  readonly #rows: LeaseRows;
  #known: Reports = new Map();
  #knownMs = Number.NEGATIVE_INFINITY;

  constructor(rows: LeaseRows) {
    this.#rows = rows;
  }

  async ask(
    isolate: string,
    questions: readonly LeaseQuestion[],
    nowMs: number,
  ): Promise<readonly Grant[]> {
    const known = nowMs - this.#knownMs < KNOWN_MS ? this.#known : null;
    const claims = questions.map((question) => {
      const own = askOf(isolate, question, nowMs);
      const others = known?.get(question.limit.name) ?? NONE;
      const { permits } = grant(question.limit, own, others, nowMs);
      if (known !== null) return permits;
      return Math.min(permits, question.used + Math.ceil(question.limit.limit / FIRST_PART));
    });
    const stored = JSON.stringify(storedReports(questions, claims, nowMs));
    const reports = reportsOf(await this.#rows.exchange({ isolate, reports: stored }), nowMs);
    this.#known = reports;
    this.#knownMs = nowMs;
    return questions.map((question, index) => {
      const own = askOf(isolate, question, nowMs);
      const others = reports.get(question.limit.name) ?? NONE;
      const granted = grant(question.limit, own, others, nowMs);
      const claim = claims[index] ?? 0;
      const noted = Math.max(question.holds, claim);
      if (claim >= granted.permits) return { ...granted, noted };
      // More is free than was claimed: it may be requested immediately.
      const youngUntilMs = Math.max(granted.youngUntilMs, nowMs - YOUNG_MS);
      return { ...granted, permits: claim, noted, youngUntilMs };
    });
  }
}

function askOf(isolate: string, question: LeaseQuestion, atMs: number): LeaseAsk {
  const { used, demand, unit, hadWhole, mayReturn, sinceMs } = question;
  return { isolate, permits: 0, used, demand, unit, hadWhole, mayReturn, sinceMs, atMs };
}

function storedReports(
  questions: readonly LeaseQuestion[],
  claims: readonly number[],
  nowMs: number,
) {
  return questions.map(
    ({ limit, holds, used, demand, unit, mayReturn, sinceMs }, index): StoredReport => [
      limit.name,
      limit.windowMs,
      Math.max(holds, claims[index] ?? 0),
      used,
      demand,
      nowMs - sinceMs,
      unit,
      mayReturn,
    ],
  );
}

/** @param nowMs When they were requested, by this isolate's clock. */
function reportsOf(rows: readonly OtherLeaseRow[], nowMs: number): Reports {
  const all = new Map<string, Report[]>();
  for (const { isolate, ageMs, reports } of rows) {
    const atMs = nowMs - Math.max(0, ageMs);
    for (const [name, , permits, used, demand, heldMs, unit = 1, mayReturn = 0] of JSON.parse(
      reports,
    ) as readonly StoredReport[]) {
      const wants = { demand, unit, mayReturn };
      const report = { isolate, permits, used, ...wants, sinceMs: atMs - heldMs, atMs };
      const known = all.get(name);
      if (known === undefined) all.set(name, [report]);
      else known.push(report);
    }
  }
  return all;
}

/** The store's clock in epoch milliseconds, the same for all isolates. */
const STORE_NOW_MS = sql.raw("cast(unixepoch('subsec') * 1000 as integer)");

export class D1LeaseRows implements LeaseRows {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async exchange({ isolate, reports }: LeaseRow): Promise<readonly OtherLeaseRow[]> {
    const [, others] = await runBatch(this.#db, [
      sql`
        insert into isolate_leases (isolate_id, at_ms, reports)
        values (${isolate}, ${STORE_NOW_MS}, ${reports})
        on conflict (isolate_id) do update set at_ms = excluded.at_ms, reports = excluded.reports`,
      sql`
        select isolate_id as isolate, ${STORE_NOW_MS} - at_ms as "ageMs", reports
        from isolate_leases
        where isolate_id <> ${isolate} and at_ms >= ${STORE_NOW_MS} - ${LIFE_MS}
        order by at_ms desc limit ${ISOLATES_MAX}`,
      sql`delete from isolate_leases where at_ms < ${STORE_NOW_MS} - ${LIFE_MS}`,
    ]);
    return (others?.results ?? []) as unknown as OtherLeaseRow[];
  }
}
