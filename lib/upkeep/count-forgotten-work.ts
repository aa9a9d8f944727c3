import { claimForgottenWorks } from "../db/state/background-works";
import { NO_USAGE } from "../usage/types";
import type { UncalledUsage, UpkeepJob } from "./upkeep-job";

/** A batch ends after a day; a result that is fetched later was counted already. */
const FORGOTTEN_MS = 26 * 3_600_000;
const WORKS_A_STEP = 100;

/**
 * Counts background work under a budget whose result no one has fetched, as the most that it can have used: otherwise
 * it would cost nothing.
 */
export const countForgottenWork: UpkeepJob = {
  name: "count-forgotten-work",
  isFull: ({ countedWorks = 0 }) => countedWorks >= WORKS_A_STEP,
  async run({ db, nowMs, countUsage }) {
    const atMs = nowMs();
    const works = await claimForgottenWorks(db, atMs - FORGOTTEN_MS, WORKS_A_STEP);
    const events = works.map(
      ({ provider, model, tokenId, userId, tags, estimate }): UncalledUsage => ({
        ...{ atMs, provider, model, tokenId, userId },
        ...{ outcome: "ok", status: 200, errorCode: null, gatewayLogId: null },
        ...{ durationMs: 0, timeToFirstTokenMs: null, timeToFirstByteMs: null },
        ...{ isStream: false, attempts: [], part: "turn" },
        ...(tags !== undefined && { tags }),
        usage: { ...NO_USAGE, ...estimate, isEstimate: true },
      }),
    );
    if (events.length > 0) await countUsage(events);
    return { countedWorks: events.length };
  },
};
