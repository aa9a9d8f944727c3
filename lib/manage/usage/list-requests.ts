import type { RequestLogRow } from "../../db/schema/usage-schema";
import { type RequestFilter, readRequests } from "../../db/usage/request-log";
import { type CostBasis, NANO_PER_USD } from "../../usage/price";
import type { ReachedLimit } from "../../usage/token-limits";
import { fromCursor, toCursor } from "../cursor";
import type { ManageContext } from "../manage-context";
import type { ListRequestsInput, RequestFilterInput } from "./usage-schemas";

/** Times are epoch milliseconds. */
export interface RequestItem
  extends Omit<
    RequestLogRow,
    "atMs" | "costNanoUsd" | "costBasis" | "attemptCount" | "attempts" | "reachedLimit"
  > {
  readonly at: number;
  readonly attempts: number;
  /** Null if no price is known. */
  readonly costUsd: number | null;
  /** How the cost was determined; null if there is none. */
  readonly costBasis: ShownBasis | null;
  /** The limit that refused it; null for none. */
  readonly reachedLimit: ShownReachedLimit | null;
}

/** As `ReachedLimit`. */
export interface ShownReachedLimit extends Omit<ReachedLimit, "renewsAtMs"> {
  readonly renewsAt: number | null;
}

/** As `CostBasis`, in dollars. */
export interface ShownBasis extends Omit<CostBasis, "toolsNanoUsd"> {
  readonly toolsUsd?: number;
}

export interface RequestPage {
  /** Newest first. */
  readonly items: readonly RequestItem[];
  /**
   * Where to continue; null at the end. A page may have fewer entries than requested, even none, and still have a next
   * one: if almost no request matches, one call examines only a part of the log.
   */
  readonly nextCursor: string | null;
}

export async function listRequests(
  { db }: ManageContext,
  { cursor, after, limit, format: _, ...filter }: ListRequestsInput,
): Promise<RequestPage> {
  const page = await readRequests(db, toFilter(filter), {
    beforeId: cursor === undefined ? undefined : fromCursor(cursor, "req"),
    afterId: after,
    limit,
  });
  return {
    items: page.rows.map(toRequestItem),
    nextCursor: page.nextBeforeId === null ? null : toCursor(page.nextBeforeId),
  };
}

export function toRequestItem(row: RequestLogRow): RequestItem {
  const { atMs, costNanoUsd, costBasis, attempts: _, attemptCount, reachedLimit, ...same } = row;
  return {
    ...same,
    at: atMs,
    attempts: attemptCount,
    costUsd: costNanoUsd === null ? null : costNanoUsd / NANO_PER_USD,
    costBasis: costBasis === null ? null : shownBasis(costBasis),
    reachedLimit: reachedLimit === null ? null : shownLimit(reachedLimit),
  };
}

function shownLimit({ renewsAtMs, ...same }: ReachedLimit): ShownReachedLimit {
  return { ...same, renewsAt: renewsAtMs };
}

function shownBasis({ toolsNanoUsd, ...same }: CostBasis): ShownBasis {
  return toolsNanoUsd === undefined ? same : { ...same, toolsUsd: toolsNanoUsd / NANO_PER_USD };
}

export function toFilter(input: RequestFilterInput): RequestFilter {
  const { from, to, key, token, user, group, retried, ...same } = input;
  return {
    ...same,
    fromMs: from,
    toMs: to,
    keyId: key,
    tokenId: token,
    userId: user,
    groupId: group,
    isRetried: retried,
  };
}
