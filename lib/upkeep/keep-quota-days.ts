import { keepQuotaDays as keep } from "../manage/limits/read-quota-days";
import type { UpkeepJob } from "./upkeep-job";

/** Counts what keys served in their quota days, so that no page has to. */
export const keepQuotaDays: UpkeepJob = {
  name: "keep-quota-days",
  async run(context) {
    await keep(context);
    return {};
  },
};
