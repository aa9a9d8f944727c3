/**
 * Whose what a provider keeps is. It belongs to the member whose token made it, so to all tokens of that member;
 * made by a token of the team's, to that token and those that took its place. Admin credentials reach
 * everything. What nobody is known to have made (it is older than this rule, or was made elsewhere) is for
 * tokens without any limits.
 * @module
 */
import type { AccessToken, Maker } from "../ports";

export function makerOf({ id, familyId, ownerId }: AccessToken): Maker {
  return { tokenId: familyId ?? id, userId: ownerId };
}

export function isUnlimited({ isAdmin, scopes, limitHolders }: AccessToken): boolean {
  return isAdmin === true || (scopes === null && limitHolders === undefined);
}

export function mayReach(token: AccessToken, { tokenId, userId }: Maker): boolean {
  if (token.isAdmin === true) return true;
  if (tokenId === null && userId === null) return isUnlimited(token);
  if (userId !== null) return token.ownerId === userId;
  return tokenId === (token.familyId ?? token.id) || tokenId === token.id;
}
