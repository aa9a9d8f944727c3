import type { UpkeepFigures } from "../db/schema/upkeep-schema";
import { readSettings, type Settings } from "../db/team/settings";
import type { AlertSenders } from "../manage/alerts/alert-channels";
import type { CheckUpstream } from "../manage/keys/check-provider-key";
import type { ManageContext } from "../manage/manage-context";
import type { RequestEvent } from "../usage/request-event";

/** Usage that no request reported. */
export type UncalledUsage = Omit<RequestEvent, "id">;

/** What jobs work with. */
export interface UpkeepContext extends ManageContext, AlertSenders {
  /** The settings as this run has read them; absent for a step that runs alone. */
  readonly teamSettings?: () => Promise<Settings>;
  /** How to reach the providers; called only if one is needed. */
  readonly upstream: () => Promise<CheckUpstream>;
  /** Counts usage that no request reported. */
  readonly countUsage: (used: readonly UncalledUsage[]) => Promise<void>;
  /** Refreshes model lists that are older than `maxAgeMs`, at most `limit`; returns how many were read. */
  readonly refreshModels: (bounds: {
    readonly maxAgeMs: number;
    readonly limit: number;
  }) => Promise<number>;
}

/**
 * A bounded step that may be killed at any point: each of its writes is one transaction, after which the state is as if
 * the job had ended there, and the next run continues.
 */
export interface UpkeepJob {
  readonly name: string;
  /** @returns What to report to people. */
  run(context: UpkeepContext): Promise<UpkeepFigures>;
  /** Whether it did as much as one step may, so that more may be left. */
  readonly isFull?: (figures: UpkeepFigures) => boolean;
}

/** The team's settings: read once for all jobs of a run in one invocation, where each statement counts. */
export async function settingsOf({ db, teamSettings }: UpkeepContext): Promise<Settings> {
  return teamSettings === undefined ? (await readSettings(db)).settings : teamSettings();
}
