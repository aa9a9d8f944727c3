/**
 * Everything that has limits: tokens, and members and groups for all of their tokens together.
 * @module
 */
import { and, asc, eq, inArray, isNotNull, ne, or } from "drizzle-orm";
import { type LimitValues, limitsOf, TOKEN_LIMITS } from "../../usage/token-limits";
import type { Database } from "../open-database";
import { accessTokens, memberLimits, teamGroups } from "../schema/schema";
import { users } from "../schema/team-schema";
import { groupsOfAdmin, type TokenReach } from "../tokens/access-tokens";

export interface LimitedHolder {
  readonly kind: "token" | "member" | "group";
  /** `at_…`, `us_…` or `gr_…`. */
  readonly id: string;
  readonly name: string;
  /** The id under which budgets are counted: a token that replaced another continues with that one's. */
  readonly budgetId: string;
  /** For a token; null for team tokens, members and groups. */
  readonly owner: { readonly id: string; readonly name: string } | null;
  readonly limits: LimitValues;
}

/** Groups first, then members, then tokens that aren't revoked, each in order of creation. */
export async function listLimitedHolders(
  db: Database,
  reach: TokenReach,
): Promise<readonly LimitedHolder[]> {
  const isOwn = (column: typeof users.id | typeof accessTokens.ownerId) =>
    reach === "everyone" ? undefined : eq(column, reach.ownerId);
  const isOfGroup = (column: typeof teamGroups.id | typeof accessTokens.groupId) =>
    reach === "everyone" || reach.withGroups !== true
      ? undefined
      : inArray(column, groupsOfAdmin(reach.ownerId));
  const isLimited = (table: typeof accessTokens | typeof memberLimits | typeof teamGroups) =>
    or(...TOKEN_LIMITS.map((name) => isNotNull(table[name])));
  // Not in a batch: D1 identifies columns by name there, and two tables have a `name`.
  const [groups, members, tokens] = await Promise.all([
    reach === "everyone" || reach.withGroups === true
      ? db
          .select()
          .from(teamGroups)
          .where(and(isLimited(teamGroups), isOfGroup(teamGroups.id)))
          .orderBy(asc(teamGroups.id))
      : [],
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
          or(isOwn(accessTokens.ownerId), isOfGroup(accessTokens.groupId)),
        ),
      )
      .orderBy(asc(accessTokens.id)),
  ]);
  return [
    ...groups.map((group): LimitedHolder => {
      const { id, name } = group;
      return { kind: "group", id, budgetId: id, name, owner: null, limits: limitsOf(group) };
    }),
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
