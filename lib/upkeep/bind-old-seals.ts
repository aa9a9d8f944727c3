import { bindOldSeals as bindSome } from "../manage/keys/reseal-provider-keys";
import type { UpkeepJob } from "./upkeep-job";

/** A few tenths of a second of work. */
const KEYS_A_RUN = 100;

/** Replaces encrypted provider keys of older builds, which aren't bound to a row. */
export const bindOldSeals: UpkeepJob = {
  name: "bind-old-seals",
  async run(context) {
    await bindSome(context, KEYS_A_RUN);
    return {};
  },
};
