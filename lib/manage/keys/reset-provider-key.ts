import { resetProviderKey as clearProviderKey } from "../../db/keys/change-provider-keys";
import { getProviderKey } from "../../db/keys/provider-keys";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { auditKey } from "./audit-provider-keys";

/**
 * Ends a key's block and all its cooldowns. A disabled key stays disabled.
 * @throws {ManageError} `not_found`.
 */
export async function resetProviderKey(
  { db, nowMs, actor }: ManageContext,
  id: string,
): Promise<void> {
  const atMs = nowMs();
  const key = await getProviderKey(db, id, atMs);
  if (key !== undefined) {
    const { status, cooldowns } = key;
    const audit = auditKey(actor, "reset", key, atMs, {
      before: { status, coolingModels: cooldowns.map(({ model }) => model) },
    });
    if (await clearProviderKey(db, id, atMs, audit)) return;
  }
  throw new ManageError("not_found", "no such provider key");
}
