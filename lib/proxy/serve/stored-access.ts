/**
 * Who owns what a provider stores. It belongs to the token that created it and those that replaced it; if that is a
 * member's, also to the member's other tokens of the same group, or without one: a group's admin manages the group's
 * tokens, can replace a member's, and must not reach through it what the member stored elsewhere. Admin tokens reach
 * everything. Things without a known maker (older than this rule, or created elsewhere) are for tokens without any
 * restriction.
 * @module
 */
import type { AccessToken, Creator } from "../ports";

export function creatorOf({ id, familyId, ownerId, group }: AccessToken): Creator {
  return {
    tokenId: familyId ?? id,
    userId: ownerId,
    ...(group !== undefined && { groupId: group.id }),
  };
}

export function isUnlimited({ isAdmin, scopes, limitHolders }: AccessToken): boolean {
  return isAdmin === true || (scopes === null && limitHolders === undefined);
}

export function mayReach(token: AccessToken, { tokenId, userId, groupId }: Creator): boolean {
  if (token.isAdmin === true) return true;
  if (tokenId === null && userId === null) return isUnlimited(token);
  if (tokenId === (token.familyId ?? token.id) || tokenId === token.id) return true;
  return userId !== null && token.ownerId === userId && token.group?.id === groupId;
}
