import { newRowId } from "../db/new-row-id";
import { compactUsageWhereItGains } from "../db/usage/compact-usage";
import type { UpkeepJob } from "./upkeep-job";

/** Rolls up the usage that waits in the journal. Under traffic the recorder does it itself. */
export const compactJournal: UpkeepJob = {
  name: "compact-journal",
  async run({ db, nowMs }) {
    const atMs = nowMs();
    const id = newRowId("uf", atMs);
    return { writtenUsageRows: await compactUsageWhereItGains(db, id, atMs) };
  },
};
