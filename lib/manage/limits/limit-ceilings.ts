/**
 * A limit that an admin sets on a member's token is a ceiling: its owner may go below it, and up to it again,
 * but neither above it nor without it. What owners set themselves they may change as they like.
 * @module
 */
import { type LimitCeilings, TOKEN_LIMITS, type TokenLimit } from "../../usage/token-limits";
import { ManageError } from "../manage-error";

type Limits = Readonly<Record<TokenLimit, number | null>>;
type LimitChanges = { readonly [Name in TokenLimit]?: number | null | undefined };

/**
 * The ceilings once an admin has made these changes. A form sends every limit: what stays as it was is still
 * whose it was.
 */
export function ceilingsAfter(
  token: Limits & { readonly limitCeilings: LimitCeilings | null },
  changes: LimitChanges,
): LimitCeilings | null {
  const ceilings: Partial<Record<TokenLimit, number>> = { ...token.limitCeilings };
  for (const name of TOKEN_LIMITS) {
    const limit = changes[name];
    if (limit === undefined || limit === token[name]) continue;
    if (limit === null) delete ceilings[name];
    else ceilings[name] = limit;
  }
  return Object.keys(ceilings).length === 0 ? null : ceilings;
}

/** @throws {ManageError} `invalid_input` if an owner's changes go above a ceiling, or take a limit away that has one. */
export function assertBelowCeilings(ceilings: LimitCeilings | null, changes: LimitChanges): void {
  const issues = TOKEN_LIMITS.flatMap((name) => {
    const ceiling = ceilings?.[name];
    const limit = changes[name];
    if (ceiling === undefined || limit === undefined) return [];
    if (limit !== null && limit <= ceiling) return [];
    return [{ path: name, message: `an admin allows ${ceiling} at most` }];
  });
  if (issues.length === 0) return;
  throw new ManageError("invalid_input", "above what an admin allows", issues);
}
