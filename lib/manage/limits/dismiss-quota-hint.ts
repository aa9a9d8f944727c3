import { dismissHint } from "../../db/keys/quota-hints";
import { auditChange } from "../../db/team/audit-log";
import { providerNames } from "../keys/known-provider";
import type { ManageContext } from "../manage-context";
import type { DismissQuotaHintInput } from "./quota-limit-schemas";

/** Stops suggesting one quota domain for these keys, or some of them. */
export async function dismissQuotaHint(
  context: ManageContext,
  { provider, keyIds }: DismissQuotaHintInput,
): Promise<void> {
  const { db, actor, nowMs } = context;
  const names = await providerNames(context);
  const atMs = nowMs();
  const entry = {
    action: "quota-hint.dismiss",
    subject: { kind: "provider", id: provider, name: names[provider] ?? provider },
    after: { ids: keyIds },
  };
  await dismissHint(db, provider, keyIds, auditChange(actor, entry, atMs), atMs);
}
