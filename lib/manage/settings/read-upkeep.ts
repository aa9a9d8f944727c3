import { type RecheckOutlook, readRecheckOutlook } from "../../db/keys/key-rechecks";
import {
  UPKEEP_FIGURES,
  type UpkeepReport,
  type UpkeepTrigger,
} from "../../db/schema/upkeep-schema";
import { readUpkeep } from "../../db/upkeep-lease";
import { readMeteringDay } from "../../db/usage/metering-day";
import type { ManageContext } from "../manage-context";

export { UPKEEP_FIGURES };

/** When maintenance last ran, and what it did. Times are epoch milliseconds. */
export interface UpkeepView {
  /** What started the last run; null if there was none. */
  readonly startedBy: UpkeepTrigger | null;
  /** The end of the last finished run; null before the first. */
  readonly finishedAtMs: number | null;
  readonly report: UpkeepReport | null;
  /** `cut`: the last run was started and never ended; the next one continues. */
  readonly state: "idle" | "running" | "cut";
  readonly rechecks: RecheckOutlook;
  /** Today's (UTC) records that the store rejected, or that were too many to be kept until it was available again. */
  readonly lostRecords: number;
}

export async function readUpkeepView({ db, nowMs }: ManageContext): Promise<UpkeepView> {
  const [row, rechecks, { dropped }] = await Promise.all([
    readUpkeep(db),
    readRecheckOutlook(db),
    readMeteringDay(db, nowMs()),
  ]);
  const isHeld = row !== undefined && row.holder !== null;
  return {
    startedBy: row?.startedBy ?? null,
    finishedAtMs: row?.finishedAtMs ?? null,
    report: row?.report ?? null,
    state: !isHeld ? "idle" : row.leaseUntilMs > nowMs() ? "running" : "cut",
    rechecks,
    lostRecords: dropped,
  };
}
