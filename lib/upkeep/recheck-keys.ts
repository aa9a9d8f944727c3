import { settleRechecks, takeDueRechecks } from "../db/keys/key-rechecks";
import { type CheckedKey, checkProviderKeys } from "../manage/keys/check-provider-key";
import type { UpkeepJob } from "./upkeep-job";

/** A run's share of the free plan's 50 subrequests per invocation. */
const KEYS_A_RUN = 15;
/** With five calls at a time, a run's keys take at most 15 s, half of what work after a response may take. */
const PATIENCE_MS = 5_000;

/** Checks blocked keys that are due; those that are valid again return to the pool. */
export const recheckKeys: UpkeepJob = {
  name: "recheck-keys",
  isFull: ({ checkedKeys = 0 }) => checkedKeys >= KEYS_A_RUN,
  async run(context) {
    const { db, nowMs, secrets } = context;
    if (secrets === null) return {};
    const ids = await takeDueRechecks(db, KEYS_A_RUN, nowMs());
    if (ids.length === 0) return { checkedKeys: 0, revivedKeys: 0 };
    const { fetch, ...way } = await context.upstream();
    const checked = await checkProviderKeys(
      context,
      { ids: [...ids] },
      {
        ...way,
        fetch: (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) }),
      },
    );
    const settled = checked.map(({ id, outcome }) => ({ id, wasCalled: wasCalled(outcome) }));
    await settleRechecks(db, settled, nowMs());
    return {
      checkedKeys: checked.length,
      revivedKeys: checked.filter(({ outcome }) => outcome === "good").length,
    };
  },
};

/** A provider that doesn't respond says nothing about its keys. */
function wasCalled(outcome: CheckedKey["outcome"]): boolean {
  return outcome !== "unreachable";
}
