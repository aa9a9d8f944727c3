import { digestUsage, MOST_DIGESTED } from "../db/usage/usage-digests";
import type { UpkeepJob } from "./upkeep-job";

/** Creates the digests of new rollup cells, so that a chart reads few rows. */
export const digestRollups: UpkeepJob = {
  name: "digest-rollups",
  async run({ db }) {
    return { digestedBuckets: await digestUsage(db) };
  },
  isFull: ({ digestedBuckets = 0 }) => digestedBuckets >= MOST_DIGESTED,
};
