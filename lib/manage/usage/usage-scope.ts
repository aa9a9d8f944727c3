import type { Role } from "../../db/schema/team-schema";

/** Who asks for use. */
export interface UsageReader {
  readonly id: string;
  readonly role: Role;
}

/** The member that use is narrowed to: members see their own; undefined, for all others, is everybody's. */
export function scopeOf({ id, role }: UsageReader): string | undefined {
  return role === "member" ? id : undefined;
}
