import type { UpkeepFigures } from "../db/schema/upkeep-schema";
import type { AlertSenders } from "../manage/alerts/alert-channels";
import type { CheckUpstream } from "../manage/keys/check-provider-key";
import type { ManageContext } from "../manage/manage-context";

/** What jobs work with. */
export interface UpkeepContext extends ManageContext, AlertSenders {
  /** The way to the providers; asked for only where one is needed. */
  readonly upstream: () => Promise<CheckUpstream>;
  /** Reads model lists again that are older than `maxAgeMs`, `limit` at most; says how many were read. */
  readonly refreshModels: (bounds: {
    readonly maxAgeMs: number;
    readonly limit: number;
  }) => Promise<number>;
}

/**
 * A bounded step that may be killed anywhere: each of its writes is one transaction, after which all is as
 * if the job had ended there, and the next run goes on.
 */
export interface UpkeepJob {
  readonly name: string;
  /** @returns What to tell people of it. */
  run(context: UpkeepContext): Promise<UpkeepFigures>;
  /** Whether it did as much as one step may, so that more may be left. */
  readonly isFull?: (figures: UpkeepFigures) => boolean;
}
