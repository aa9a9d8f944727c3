import type { Role } from "../../db/schema/team-schema";

/** Who requests usage. */
export interface UsageReader {
  readonly id: string;
  readonly role: Role;
}

/** The member to whom usage is restricted: members see their own; undefined for all others, who see everyone's. */
export function scopeOf({ id, role }: UsageReader): string | undefined {
  return role === "member" ? id : undefined;
}
