import { listQuotaDomains } from "../../db/keys/provider-keys";
import { listQuotaLimits } from "../../db/keys/quota-limits";
import type { LimitRule } from "../../pool/types";
import type { ManageContext } from "../manage-context";

/** Configured limits of one provider's keys, except the keys' own. */
export interface ProviderLimits {
  /** For each key; empty for none. */
  readonly provider: readonly LimitRule[];
  /** By quota domain: those with keys, and those that only have limits. Sorted by name. */
  readonly domains: readonly { readonly name: string; readonly limits: readonly LimitRule[] }[];
}

export async function readProviderLimits(
  { db, shownTo }: ManageContext,
  provider: string,
): Promise<ProviderLimits> {
  const [rows, names] = await Promise.all([
    listQuotaLimits(db, provider),
    listQuotaDomains(db, provider, shownTo),
  ]);
  const rules = new Map(rows.map((row) => [row.domain, row.rules]));
  // A domain without a key that may be shown may be another group's.
  const shown = shownTo === undefined ? [...names, ...rules.keys()] : names;
  const domains = [...new Set(shown)].filter((name) => name !== "").sort();
  return {
    provider: rules.get("") ?? [],
    domains: domains.map((name) => ({ name, limits: rules.get(name) ?? [] })),
  };
}
