import { listQuotaLimits as readQuotaLimits } from "../../db/keys/quota-limits";
import type { LimitRule } from "../../pool/types";
import type { ManageContext } from "../manage-context";
import type { ListQuotaLimitsInput } from "./quota-limit-schemas";

export interface QuotaLimitItem {
  readonly provider: string;
  /** Null: for each key of the provider. */
  readonly domain: string | null;
  /** The most specific first. */
  readonly limits: readonly LimitRule[];
  /** Epoch milliseconds. */
  readonly updatedAt: number;
}

/** Configured limits of providers and quota domains; keys also have their own. */
export async function listQuotaLimits(
  { db }: ManageContext,
  { provider }: ListQuotaLimitsInput,
): Promise<readonly QuotaLimitItem[]> {
  const rows = await readQuotaLimits(db, provider);
  return rows.map(({ provider: slug, domain, rules, updatedAtMs }) => ({
    provider: slug,
    domain: domain || null,
    limits: rules,
    updatedAt: updatedAtMs,
  }));
}
