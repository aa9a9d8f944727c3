/**
 * Who owns what a provider stores. It belongs to the member whose token created it, and so to all tokens of that
 * member; if created by a team token, to that token and those that replaced it. Admin tokens reach everything. Things
 * without a known maker (older than this rule, or created elsewhere) are for tokens without any restriction.
 * @module
 */
import type { AccessToken, Creator } from "../ports";

export function creatorOf({ id, familyId, ownerId }: AccessToken): Creator {
  return { tokenId: familyId ?? id, userId: ownerId };
}

export function isUnlimited({ isAdmin, scopes, limitHolders }: AccessToken): boolean {
  return isAdmin === true || (scopes === null && limitHolders === undefined);
}

export function mayReach(token: AccessToken, { tokenId, userId }: Creator): boolean {
  if (token.isAdmin === true) return true;
  if (tokenId === null && userId === null) return isUnlimited(token);
  if (userId !== null) return token.ownerId === userId;
  return tokenId === (token.familyId ?? token.id) || tokenId === token.id;
}
