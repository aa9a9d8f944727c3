/**
 * Everything that has limits: tokens, members and groups for all of their tokens together, and tags.
 * @module
 */
import { and, asc, eq, inArray, isNotNull, ne, or } from "drizzle-orm";
import { type TagLimit, tagHolderId } from "../../tags/tag-limits";
import { tagSubject } from "../../usage/rollup";
import { budgetsOf, type LimitValues, limitsOf, TOKEN_LIMITS } from "../../usage/token-limits";
import type { Database } from "../open-database";
import { accessTokens, memberLimits, teamGroups } from "../schema/schema";
import { users } from "../schema/team-schema";
import { readSettings } from "../team/settings";
import { groupsOfAdmin, type TokenReach } from "../tokens/access-tokens";

export interface LimitedHolder {
  readonly kind: "token" | "member" | "group" | "tag";
  /** `at_…`, `us_…`, `gr_…` or `tag:name=value`. */
  readonly id: string;
  readonly name: string;
  /** The id under which budgets are counted: a token that replaced another continues with that one's. */
  readonly budgetId: string;
  /** For a token; null for team tokens and all others. */
  readonly owner: { readonly id: string; readonly name: string } | null;
  readonly limits: LimitValues;
}

/**
 * Tags first, then groups, members and tokens that aren't revoked, each in order of creation. Tags are for those who
 * reach everything.
 * @param tagLimits those in the settings, if the caller has read them
 */
export async function listLimitedHolders(
  db: Database,
  reach: TokenReach,
  tagLimits?: readonly TagLimit[],
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
  const [tags, groups, members, tokens] = await Promise.all([
    tagLimits ?? (reach === "everyone" ? readTagLimits(db) : []),
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
    ...tags.map((limit): LimitedHolder => {
      const id = tagHolderId(limit.name, limit.value);
      const name = tagSubject(limit.name, limit.value);
      return { kind: "tag", id, budgetId: id, name, owner: null, limits: budgetsOf(limit) };
    }),
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

async function readTagLimits(db: Database): Promise<readonly TagLimit[]> {
  return (await readSettings(db)).settings.tags.limits;
}
