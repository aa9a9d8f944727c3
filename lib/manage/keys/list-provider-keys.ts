import {
  type ListedProviderKey,
  listProviderKeys as readProviderKeys,
} from "../../db/keys/provider-keys";
import type { KeyStatus, LimitRule } from "../../pool/types";
import { fromCursor, toCursor } from "../cursor";
import type { ManageContext } from "../manage-context";
import type { ListProviderKeysInput } from "../schemas";

/** Times are epoch milliseconds. */
export interface ProviderKeyItem {
  readonly id: string;
  readonly provider: string;
  readonly masked: string;
  readonly status: KeyStatus;
  readonly cooldowns: readonly {
    /** `*` for every model; empty for calls that name none. */
    readonly model: string;
    readonly untilMs: number;
    readonly reason: string;
  }[];
  /** The reason for the status, with the upstream's message; null for an ordinary active key. */
  readonly reason: string | null;
  readonly remark: string | null;
  readonly weight: number;
  readonly priority: number;
  readonly quotaDomain: string | null;
  /** Ids of the groups that it serves; null: everyone. */
  readonly groups: readonly string[] | null;
  readonly models: readonly string[] | null;
  readonly limits: readonly LimitRule[] | null;
  /** Caps; null for none. */
  readonly concurrentRequests: number | null;
  readonly dailyCostUsd: number | null;
  readonly monthlyCostUsd: number | null;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
}

export interface ProviderKeyPage {
  readonly items: readonly ProviderKeyItem[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

/** Newest first. */
export async function listProviderKeys(
  { db, nowMs, shownTo }: ManageContext,
  { cursor, limit, ...filter }: ListProviderKeysInput,
): Promise<ProviderKeyPage> {
  const beforeId = cursor === undefined ? undefined : fromCursor(cursor, "pk");
  // One more than requested shows whether there is a next page.
  const page = { ...filter, shownTo, beforeId, limit: limit + 1 };
  const keys = await readProviderKeys(db, page, nowMs());
  const items = keys.slice(0, limit).map(toItem);
  const last = items.at(-1);
  return { items, nextCursor: last && keys.length > limit ? toCursor(last.id) : null };
}

function toItem(key: ListedProviderKey): ProviderKeyItem {
  return {
    id: key.id,
    provider: key.provider,
    masked: key.masked,
    status: key.status,
    cooldowns: key.cooldowns.map(({ model, untilMs, reason }) => ({ model, untilMs, reason })),
    reason: reasonOf(key),
    remark: key.remark,
    weight: key.weight,
    priority: key.priority,
    quotaDomain: key.quotaDomain,
    groups: key.groups,
    models: key.models,
    limits: key.limits,
    concurrentRequests: key.concurrentRequests,
    dailyCostUsd: key.dailyCostUsd,
    monthlyCostUsd: key.monthlyCostUsd,
    createdAt: key.createdAtMs,
    lastUsedAt: key.lastUsedAtMs,
  };
}

function reasonOf({ status, reason, evidence }: ListedProviderKey): string | null {
  // A disabled key keeps the evidence of an earlier block.
  return status === "blocked" && evidence?.words ? `${reason}: ${evidence.words}` : reason;
}
