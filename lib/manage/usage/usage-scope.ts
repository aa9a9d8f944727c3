import { listProviderKeyIds } from "../../db/keys/provider-keys";
import type { Role } from "../../db/schema/team-schema";
import { findGroupRole } from "../../db/team/groups";
import type { ManageContext } from "../manage-context";

/** Who requests usage. */
export interface UsageReader {
  readonly id: string;
  readonly role: Role;
}

/** The member to whom usage is restricted: members see their own; undefined for all others, who see everyone's. */
export function scopeOf({ id, role }: UsageReader): string | undefined {
  return role === "member" ? id : undefined;
}

/**
 * As `scopeOf`, for usage that is narrowed to one group: the group's admin sees what all of its tokens were used for.
 * @param group The id to which the question is narrowed; undefined for none.
 */
export async function scopeWithin(
  { db }: ManageContext,
  reader: UsageReader,
  group: string | undefined,
): Promise<string | undefined> {
  const scope = scopeOf(reader);
  if (scope === undefined || group === undefined) return scope;
  return (await findGroupRole(db, group, scope)) === "admin" ? undefined : scope;
}

/** Whether someone sees all that a key served, because it serves only groups of which they are an admin. */
export async function tendsKey(
  { db, nowMs }: ManageContext,
  { id, role }: UsageReader,
  key: string | undefined,
): Promise<boolean> {
  if (key === undefined || role !== "member") return false;
  const filter = { ids: [key], tendedBy: id };
  return (await listProviderKeyIds(db, filter, nowMs(), 1)).length > 0;
}
