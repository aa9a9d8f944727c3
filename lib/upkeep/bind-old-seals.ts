import { bindOldSeals as bindSome } from "../manage/keys/reseal-provider-keys";
import type { UpkeepJob } from "./upkeep-job";

/** A few tenths of a second of work. */
const KEYS_A_RUN = 100;

/** Replaces the seals of provider keys that are bound to no row, which builds of before made. */
export const bindOldSeals: UpkeepJob = {
  name: "bind-old-seals",
  async run(context) {
    await bindSome(context, KEYS_A_RUN);
    return {};
  },
};
