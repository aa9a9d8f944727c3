import { readQuotaLimits, writeQuotaLimits } from "../../db/keys/quota-limits";
import { auditChange } from "../../db/team/audit-log";
import type { LimitRule } from "../../pool/types";
import { assertUnchanged, type Fields } from "../assert-unchanged";
import { knownProvider } from "../keys/known-provider";
import type { ManageContext } from "../manage-context";
import type { SetQuotaLimitsInput } from "./quota-limit-schemas";

/**
 * Sets the limits of each key of a provider, or of a quota domain's keys together.
 * @returns The limits before: setting them again is the undo.
 * @throws {ManageError} `invalid_input` for an unknown provider.
 */
export async function setQuotaLimits(
  context: ManageContext,
  { provider, domain, limits }: SetQuotaLimitsInput,
  was?: Fields,
): Promise<{ readonly previous: readonly LimitRule[] }> {
  const { slug, label } = await knownProvider(context, provider);
  const { db, actor, nowMs } = context;
  const scope = { provider: slug, domain: domain ?? "" };
  const previous = await readQuotaLimits(db, scope);
  assertUnchanged({ limits: previous }, { limits }, was);
  const atMs = nowMs();
  const entry = {
    action: "quota-limits.set",
    subject: { kind: "provider", id: slug, name: domain === null ? label : `${label}, ${domain}` },
    before: { limits: previous },
    after: { limits },
  };
  await writeQuotaLimits(db, scope, limits, auditChange(actor, entry, atMs), atMs);
  return { previous };
}
