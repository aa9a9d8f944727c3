import { type AuditChoices, readAuditChoices } from "../../db/team/audit-entries";
import type { ManageContext } from "../manage-context";

/** All actors and actions in the log, for its filters. */
export async function listAuditChoices({ db }: ManageContext): Promise<AuditChoices> {
  return readAuditChoices(db);
}
