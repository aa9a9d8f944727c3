/**
 * What a million requests use, from the results of other benchmarks.
 * @module
 */
import { SAMPLED_SHARE } from "../../../lib/usage/logged-share.ts";
import type { FreePlanRow } from "../free-plan-table.ts";
import type { CostRow } from "../isolates/measured-page.ts";
import { OBJECT_GB } from "./cloudflare-prices.ts";
import type { Use } from "./cost.ts";

export interface MeteringResult {
  readonly requestsPerSecond: number;
  readonly writes: readonly {
    readonly log: "all" | "none";
    readonly keys: number;
    readonly isolates: number;
    readonly rowsPer1000Requests: number;
  }[];
}

export interface CostSources {
  readonly metering: MeteringResult;
  readonly freePlan: { readonly rows: readonly FreePlanRow[] };
  readonly isolates: { readonly costs: readonly CostRow[] };
}

export type Log = "all" | "sampled" | "none";
/** What holds tokens' limits for all isolates together. */
export type Leases = "unused" | "store" | "object";

export interface BilledUse {
  readonly log: Log;
  readonly leases: Leases;
  readonly use: Use;
}

export const LOGS: readonly Log[] = ["all", "sampled", "none"];
export const LEASES: readonly Leases[] = ["unused", "store", "object"];

/** Of metering.json: a usual pool on several isolates. */
export const METERED = { keys: 20, isolates: 3 };
/** Of isolates.json: a token that uses half of its limit, with this many requests per second. */
export const LEASED = { use: "half of 1,200 a minute", perSecond: 10 };
/** Of free-plan.json. */
export const CPU_ROW = "JSON answer, with log and metering";
/** An isolate with traffic reads one row for changes in this time. */
export const STATE_READ_SECONDS = 2;

export function billedUses(sources: CostSources): readonly BilledUse[] {
  return LOGS.flatMap((log) =>
    LEASES.map((leases) => ({ log, leases, use: billedUse(sources, log, leases) })),
  );
}

function billedUse({ metering, freePlan, isolates }: CostSources, log: Log, leases: Leases): Use {
  const cpu = found(freePlan.rows, ({ what }) => what === CPU_ROW, CPU_ROW);
  const bill =
    leases === "unused"
      ? { rowsWritten: 0, rowsRead: 0, objectCalls: 0 }
      : found(
          isolates.costs,
          ({ use, sharing }) => use === LEASED.use && sharing === leases,
          `${LEASED.use}, ${leases}`,
        ).perMillionRequests;
  const seconds = 1e6 / metering.requestsPerSecond;
  return {
    requests: 1e6,
    // Everything that the Worker's process did, the part that a bare Worker has too included.
    cpuMs: 1e6 * (cpu.value + (cpu.bare ?? 0)),
    rowsWritten: loggedRows(metering, log) * 1_000 + bill.rowsWritten,
    rowsRead: (seconds / STATE_READ_SECONDS) * METERED.isolates + bill.rowsRead,
    objectRequests: bill.objectCalls,
    // At most: as if the object never hibernated between two calls.
    objectGbSeconds: leases === "object" ? (1e6 / LEASED.perSecond) * OBJECT_GB : 0,
  };
}

/** Rows written for 1,000 requests, all successful. A sampled log wasn't measured: it is between the two that were. */
function loggedRows({ writes }: MeteringResult, log: Log): number {
  const measured = (wanted: "all" | "none") =>
    found(
      writes,
      (row) => row.log === wanted && row.keys === METERED.keys && row.isolates === METERED.isolates,
      `a log of ${wanted}`,
    ).rowsPer1000Requests;
  const [all, none] = [measured("all"), measured("none")];
  const shares = { all: 1, sampled: SAMPLED_SHARE, none: 0 };
  return none + (all - none) * shares[log];
}

function found<Row>(rows: readonly Row[], fits: (row: Row) => boolean, name: string): Row {
  const row = rows.find(fits);
  if (row === undefined) throw new Error(`the results have no row for ${name}`);
  return row;
}
