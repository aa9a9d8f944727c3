import { compactUsage, isUsageCompactable } from "../db/compact-usage";
import { newRowId } from "../db/new-row-id";
import type { UpkeepJob } from "./upkeep-job";

/** Brings usage that waits in the journal into the rollups. Under traffic the recorder does it by itself. */
export const compactJournal: UpkeepJob = {
  name: "compact-journal",
  async run({ db, nowMs }) {
    const atMs = nowMs();
    if (!(await isUsageCompactable(db, atMs))) return { writtenUsageRows: 0 };
    return { writtenUsageRows: await compactUsage(db, newRowId("uf", atMs), atMs) };
  },
};
