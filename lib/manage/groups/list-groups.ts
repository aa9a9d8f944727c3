import type { GroupRole } from "../../db/schema/team-schema";
import { listGroups as readGroups } from "../../db/team/groups";
import { type LimitValues, limitsOf } from "../../usage/token-limits";
import type { ManageContext } from "../manage-context";

/** A null limit means none; limits are for all tokens of the group together. */
export interface GroupItem extends LimitValues {
  readonly id: string;
  readonly name: string;
  /** Whether its tokens are also served by the common keys, after its own. */
  readonly usesCommonKeys: boolean;
  /** 1 to 100. */
  readonly weight: number;
  /** Its access tokens that aren't revoked. */
  readonly tokens: number;
  /** Provider keys that serve it. */
  readonly keys: number;
  readonly members: readonly {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly role: GroupRole;
  }[];
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** Sorted by name. @param id narrows to one */
export async function listGroups(
  { db }: ManageContext,
  id?: string,
): Promise<readonly GroupItem[]> {
  const groups = await readGroups(db, id);
  return groups.map((group) => ({
    id: group.id,
    name: group.name,
    usesCommonKeys: group.usesCommonKeys,
    weight: group.weight,
    ...limitsOf(group),
    tokens: group.tokens,
    keys: group.keys,
    members: group.members.map(({ groupId: _, ...member }) => member),
    createdAt: group.createdAtMs,
  }));
}
