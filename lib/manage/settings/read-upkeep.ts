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

/** When the instance last looked after itself, and what it did. Times are epoch milliseconds. */
export interface UpkeepView {
  /** What began the last run; null where none was started. */
  readonly startedBy: UpkeepTrigger | null;
  /** Of the last run that ended; null before the first. */
  readonly finishedAtMs: number | null;
  readonly report: UpkeepReport | null;
  /** `cut`: the last run was begun and never ended; the next one goes on. */
  readonly state: "idle" | "running" | "cut";
  readonly rechecks: RecheckOutlook;
  /** Records of today (UTC) that the store refused, or that were too many to be kept until it was back. */
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
