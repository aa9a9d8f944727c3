import { readSettings } from "../../db/team/settings";
import { readMeteringDay } from "../../db/usage/metering-day";
import { affordableShare } from "../../usage/logged-share";
import type { ManageContext } from "../manage-context";

/** How the daily write budget reduces the request log. Days are UTC. */
export interface LogThinning {
  readonly rowsWritten: number;
  /** 0 for no limit. */
  readonly budget: number;
  /** Requests that were counted today, but left out of the log. */
  readonly unlogged: number;
  /**
   * - `full`: everything the team wants is logged
   * - `sampled`: problems, and one in ten of the others
   * - `problems`: only problems
   * - `none`: nothing more today
   */
  readonly log: "full" | "sampled" | "problems" | "none";
}

export async function readLogThinning({ db, nowMs }: ManageContext): Promise<LogThinning> {
  const [{ settings }, { rowsWritten, unlogged }] = await Promise.all([
    readSettings(db),
    readMeteringDay(db, nowMs()),
  ]);
  const budget = settings.metering.dailyRowBudget;
  const ofGood = affordableShare(rowsWritten, budget, false);
  const ofProblems = affordableShare(rowsWritten, budget, true);
  const log = ofGood === 1 ? "full" : ofGood > 0 ? "sampled" : ofProblems > 0 ? "problems" : "none";
  return { rowsWritten, budget, unlogged, log };
}
