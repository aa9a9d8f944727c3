import type { AccessTokenRow } from "../../db/schema/schema";
import type { TokenReach } from "../../db/tokens/access-tokens";
import { ManageError } from "../manage-error";

/**
 * Settings of a token that only admins can change: how it shares the pool, because one token's gain is the others'
 * loss; the amount counted for unpriced requests, which loosens its owner's budget; and its tags, which say to whom its
 * costs are charged.
 */
type TokenShare = Pick<
  AccessTokenRow,
  | "weight"
  | "priorityClass"
  | "maxWaitSeconds"
  | "unpricedReserveUsd"
  | "fixedTags"
  | "requiredTags"
>;

export const USUAL_SHARE: TokenShare = {
  weight: 1,
  priorityClass: "interactive",
  maxWaitSeconds: null,
  unpricedReserveUsd: null,
  fixedTags: null,
  requiredTags: null,
};

/** @throws {ManageError} `invalid_input` if someone other than an admin changes a token's share. */
export function assertMayShare(
  reach: TokenReach,
  before: TokenShare,
  changes: { readonly [Name in keyof TokenShare]?: TokenShare[Name] | undefined },
): void {
  if (reach === "everyone") return;
  const names = Object.keys(USUAL_SHARE) as (keyof TokenShare)[];
  const changed = names.filter(
    (name) =>
      changes[name] !== undefined && JSON.stringify(changes[name]) !== JSON.stringify(before[name]),
  );
  if (changed.length === 0) return;
  const issues = changed.map((path) => ({ path, message: "only admins set this" }));
  throw new ManageError(
    "invalid_input",
    "only admins say how a token shares the pool, what unpriced models may cost, and its tags",
    issues,
  );
}
