import { deleteProviderKeys } from "../../db/keys/change-provider-keys";
import { getProviderKey } from "../../db/keys/provider-keys";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { auditKey } from "./audit-provider-keys";

/** @throws {ManageError} `not_found`. */
export async function deleteProviderKey(
  { db, nowMs, actor }: ManageContext,
  id: string,
): Promise<void> {
  const atMs = nowMs();
  const key = await getProviderKey(db, id, atMs);
  if (key !== undefined) {
    const { provider, remark } = key;
    const audit = auditKey(actor, "delete", key, atMs, { before: { provider, remark } });
    if ((await deleteProviderKeys(db, { ids: [id] }, atMs, audit)) > 0) return;
  }
  throw new ManageError("not_found", "no such provider key");
}
