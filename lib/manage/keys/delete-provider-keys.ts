import { deleteProviderKeys as removeProviderKeys } from "../../db/keys/change-provider-keys";
import type { ManageContext } from "../manage-context";
import type { DeleteProviderKeysInput } from "../schemas";
import { auditKeys } from "./audit-provider-keys";

/** Deletes the keys with these ids, or all that match a filter. Unknown ids are no error. */
export async function deleteProviderKeys(
  { db, nowMs, actor }: ManageContext,
  input: DeleteProviderKeysInput,
): Promise<{ readonly deleted: number }> {
  const filter = "ids" in input ? { ids: input.ids } : input.filter;
  const atMs = nowMs();
  const audit = auditKeys(actor, "delete", filter, atMs);
  return { deleted: await removeProviderKeys(db, filter, atMs, audit) };
}
