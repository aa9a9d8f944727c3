import { listQuotaLimits as readQuotaLimits } from "../../db/keys/quota-limits";
import type { LimitRule } from "../../pool/types";
import type { ManageContext } from "../manage-context";
import type { ListQuotaLimitsInput } from "./quota-limit-schemas";

export interface QuotaLimitItem {
  readonly provider: string;
  /** Null: of each key of the provider. */
  readonly domain: string | null;
  /** The closest first. */
  readonly limits: readonly LimitRule[];
  /** Epoch milliseconds. */
  readonly updatedAt: number;
}

/** What is set for providers and quota domains; keys have their own beside it. */
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
