/**
 * Who has limits: tokens, and members for all of their tokens together.
 * @module
 */
import { and, asc, eq, isNotNull, ne, or } from "drizzle-orm";
import { type LimitValues, limitsOf, TOKEN_LIMITS } from "../../usage/token-limits";
import type { Database } from "../open-database";
import { accessTokens, memberLimits } from "../schema/schema";
import { users } from "../schema/team-schema";
import type { TokenReach } from "../tokens/access-tokens";

export interface LimitedHolder {
  readonly kind: "token" | "member";
  /** `at_…` or `us_…`. */
  readonly id: string;
  readonly name: string;
  /** Whose budgets are counted: a token that took another's place goes on with that one's. */
  readonly budgetId: string;
  /** Of a token; null for the team's, and for members. */
  readonly owner: { readonly id: string; readonly name: string } | null;
  readonly limits: LimitValues;
}

/** Members first, then tokens that are not revoked, each in the order they came. */
export async function listLimitedHolders(
  db: Database,
  reach: TokenReach,
): Promise<readonly LimitedHolder[]> {
  const isOwn = (column: typeof users.id | typeof accessTokens.ownerId) =>
    reach === "everyone" ? undefined : eq(column, reach.ownerId);
  const isLimited = (table: typeof accessTokens | typeof memberLimits) =>
    or(...TOKEN_LIMITS.map((name) => isNotNull(table[name])));
  // No batch: D1 tells its rows by the names of columns, and two tables have a `name`.
  const [members, tokens] = await Promise.all([
    db
      .select({ limits: memberLimits, name: users.name })
      .from(memberLimits)
      .innerJoin(users, eq(users.id, memberLimits.userId))
      .where(and(isLimited(memberLimits), isOwn(users.id)))
      .orderBy(asc(users.id)),
    db
      .select({ token: accessTokens, ownerName: users.name })
      .from(accessTokens)
      .leftJoin(users, eq(users.id, accessTokens.ownerId))
      .where(
        and(
          eq(accessTokens.kind, "app"),
          ne(accessTokens.status, "revoked"),
          isLimited(accessTokens),
          isOwn(accessTokens.ownerId),
        ),
      )
      .orderBy(asc(accessTokens.id)),
  ]);
  return [
    ...members.map(({ limits, name }): LimitedHolder => {
      const { userId } = limits;
      return {
        ...{ kind: "member", id: userId, budgetId: userId, name, owner: null },
        limits: limitsOf(limits),
      };
    }),
    ...tokens.map(({ token, ownerName }): LimitedHolder => {
      const { id, name, ownerId } = token;
      const owner = ownerId === null ? null : { id: ownerId, name: ownerName ?? ownerId };
      const budgetId = token.budgetId ?? id;
      return { kind: "token", id, budgetId, name, owner, limits: limitsOf(token) };
    }),
  ];
}
