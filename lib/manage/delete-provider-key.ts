import { deleteProviderKeys } from "../db/provider-keys";
import type { ManageContext } from "./manage-context";
import { ManageError } from "./manage-error";

/** @throws {ManageError} `not_found`. */
export async function deleteProviderKey({ db, nowMs }: ManageContext, id: string): Promise<void> {
  const deleted = await deleteProviderKeys(db, { ids: [id] }, nowMs());
  if (deleted === 0) throw new ManageError("not_found", "no such provider key");
}
