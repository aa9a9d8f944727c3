import { rootCause } from "../db/root-cause";
import { ROLE_LOST } from "../db/team/audit-log";

/** Whether a verb changed nothing because its actor lost the role while it was running. */
export function hasLostRole(error: unknown): boolean {
  return String(rootCause(error)).includes(ROLE_LOST);
}
