import { readSettings } from "../db/team/settings";
import { pruneUsage, STEP_ROWS } from "../db/usage/prune-usage";
import type { UpkeepJob } from "./upkeep-job";

/** Deletes usage and requests past the team's retention. */
export const deleteOldUsage: UpkeepJob = {
  name: "delete-old-usage",
  isFull: ({ deletedUsageRows = 0 }) => deletedUsageRows >= STEP_ROWS,
  async run({ db, nowMs }) {
    const { settings } = await readSettings(db);
    return { deletedUsageRows: await pruneUsage(db, settings.retention, nowMs()) };
  },
};
