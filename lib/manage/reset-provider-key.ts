import { resetProviderKey as clearProviderKey } from "../db/provider-keys";
import type { ManageContext } from "./manage-context";
import { ManageError } from "./manage-error";

/**
 * Ends a key's block and all its rests. A disabled key stays disabled.
 * @throws {ManageError} `not_found`.
 */
export async function resetProviderKey({ db, nowMs }: ManageContext, id: string): Promise<void> {
  if (!(await clearProviderKey(db, id, nowMs()))) {
    throw new ManageError("not_found", "no such provider key");
  }
}
