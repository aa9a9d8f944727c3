import {
  type ListedAccessToken,
  listAccessTokens as readAccessTokens,
  type TokenReach,
} from "../../db/tokens/access-tokens";
import type { TokenLimit } from "../../usage/token-limits";
import { fromCursor, toCursor } from "../cursor";
import type { ManageContext } from "../manage-context";
import type { ListAccessTokensInput } from "../schemas";

type Unchanged =
  | "id"
  | "name"
  | "masked"
  | "status"
  | "providers"
  | "models"
  | "forAdminApi"
  | TokenLimit
  | "limitCeilings"
  | "weight"
  | "priorityClass"
  | "maxWaitSeconds"
  | "unpricedReserveUsd"
  | "fixedTags"
  | "requiredTags";

/** Times are epoch milliseconds; a null limit means none. */
export interface AccessTokenItem extends Pick<ListedAccessToken, Unchanged> {
  readonly expiresAt: number | null;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  /** The token's owner; null for a team token. */
  readonly owner: { readonly id: string; readonly name: string } | null;
  /** The token that replaces this one, which works until `expiresAt`. Null if not rotated. */
  readonly rotatedTo: string | null;
  /** The id of its group; null for none. */
  readonly group: string | null;
}

export interface AccessTokenPage {
  readonly items: readonly AccessTokenItem[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
}

/** Newest first, including revoked ones unless the status says otherwise. */
export async function listAccessTokens(
  { db, nowMs }: ManageContext,
  reach: TokenReach,
  { cursor, limit, ...filter }: ListAccessTokensInput,
): Promise<AccessTokenPage> {
  const beforeId = cursor === undefined ? undefined : fromCursor(cursor, "at");
  // One more than requested shows whether there is a next page.
  const tokens = await readAccessTokens(
    db,
    { ...filter, reach, beforeId, limit: limit + 1 },
    nowMs(),
  );
  const items = tokens.slice(0, limit).map(toTokenItem);
  const last = items.at(-1);
  return { items, nextCursor: last && tokens.length > limit ? toCursor(last.id) : null };
}

export function toTokenItem(token: ListedAccessToken): AccessTokenItem {
  const { expiresAtMs, createdAtMs, lastUsedAtMs, ...rest } = token;
  const { kind, createdBy, ownerId, groupId, owner, rotatedToId, budgetId, ...others } = rest;
  const { updatedAtMs, version, ...same } = others;
  return {
    ...same,
    expiresAt: expiresAtMs,
    createdAt: createdAtMs,
    lastUsedAt: lastUsedAtMs,
    owner: ownerId === null ? null : { id: ownerId, name: owner?.name ?? ownerId },
    rotatedTo: rotatedToId,
    group: groupId,
  };
}
