import { auditChange } from "../db/team/audit-log";
import { expireAccessTokens } from "../db/tokens/expire-access-tokens";
import type { UpkeepJob } from "./upkeep-job";

/** Revokes access tokens that expired some time ago. */
export const endExpiredTokens: UpkeepJob = {
  name: "end-expired-tokens",
  async run({ db, nowMs, actor }) {
    const atMs = nowMs();
    const audit = (ids: readonly string[]) => {
      const name = ids.length === 1 ? "1 token" : `${ids.length} tokens`;
      const subject = { kind: "access-token", id: null, name };
      return auditChange(actor, { action: "access-token.expire", subject, after: { ids } }, atMs);
    };
    return { endedTokens: await expireAccessTokens(db, audit, atMs) };
  },
};
