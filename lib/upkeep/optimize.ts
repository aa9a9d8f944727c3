import { optimizeDatabase } from "../db/optimize-database";
import type { UpkeepJob } from "./upkeep-job";

/** Keeps D1's queries fast. */
export const optimize: UpkeepJob = {
  name: "optimize",
  async run({ db }) {
    await optimizeDatabase(db);
    return {};
  },
};
