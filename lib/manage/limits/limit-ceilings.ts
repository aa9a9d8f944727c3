/**
 * A limit that an admin sets on a member's token is a maximum (ceiling): its owner can lower it and raise it again up
 * to the maximum, but can't exceed or remove it. Limits that owners set themselves can be changed freely.
 * @module
 */
import { type LimitCeilings, TOKEN_LIMITS, type TokenLimit } from "../../usage/token-limits";
import { ManageError } from "../manage-error";

type Limits = Readonly<Record<TokenLimit, number | null>>;
type LimitChanges = { readonly [Name in TokenLimit]?: number | null | undefined };

/** The ceilings after an admin's changes. A form sends every limit: an unchanged one keeps its ceiling, or has none. */
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

/** @throws {ManageError} `invalid_input` if an owner's changes exceed a ceiling, or remove a limit that has one. */
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
