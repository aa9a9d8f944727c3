import type { UpkeepJob } from "./upkeep-job";

/** Before the pool would refresh them itself, with a request waiting (`FRESH_MS` of `served-models.ts`). */
const MAX_AGE_MS = 3_600_000;
/** A run's share of the free plan's 50 subrequests per invocation. */
const LISTS_A_RUN = 5;

/** Keeps the providers' model lists fresh, for pickers and `GET /api/compat/models`. */
export const refreshModels: UpkeepJob = {
  name: "refresh-models",
  isFull: ({ readModelLists = 0 }) => readModelLists >= LISTS_A_RUN,
  async run({ refreshModels }) {
    return { readModelLists: await refreshModels({ maxAgeMs: MAX_AGE_MS, limit: LISTS_A_RUN }) };
  },
};
