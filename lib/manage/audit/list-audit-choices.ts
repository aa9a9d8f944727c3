import { type AuditChoices, readAuditChoices } from "../../db/team/audit-entries";
import type { ManageContext } from "../manage-context";

/** Everyone and everything that the log has entries of, for its filters. */
export async function listAuditChoices({ db }: ManageContext): Promise<AuditChoices> {
  return readAuditChoices(db);
}
