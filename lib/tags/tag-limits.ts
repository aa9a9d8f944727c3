/**
 * Budgets by tag: what all requests with a tag's value may use together, whichever tokens send them.
 * @module
 */

/** A null budget means none; days and months are UTC's. */
export interface TagLimit {
  /** Of a tag that usage is counted by. */
  readonly name: string;
  readonly value: string;
  readonly dailyRequests: number | null;
  readonly dailyTokens: number | null;
  readonly dailyCostUsd: number | null;
  readonly monthlyCostUsd: number | null;
}

export const MAX_TAG_LIMITS = 100;

/** Before a tag's name and value: the beginning of ids like `tag:customer=acme`. */
export const TAG_HOLDER_PREFIX = "tag:";

/** The id under which a tag's value has its budgets: `tag:customer=acme`. */
export function tagHolderId(name: string, value: string): string {
  return `${TAG_HOLDER_PREFIX}${name}=${value}`;
}

/** The tag of such an id; null for ids of others. No name contains `=`. */
export function tagOfHolder(id: string): { readonly name: string; readonly value: string } | null {
  const split = id.indexOf("=");
  if (!id.startsWith(TAG_HOLDER_PREFIX) || split === -1) return null;
  return { name: id.slice(TAG_HOLDER_PREFIX.length, split), value: id.slice(split + 1) };
}
