import { updateProviderKey as writeProviderKey } from "../db/provider-keys";
import type { ManageContext } from "./manage-context";
import { ManageError } from "./manage-error";
import type { UpdateProviderKeyInput } from "./schemas";

/**
 * Changes the given fields, null clears one. `active` puts a disabled key, or a blocked one, back to work.
 * @throws {ManageError} `not_found`.
 */
export async function updateProviderKey(
  { db, nowMs }: ManageContext,
  id: string,
  { status, ...fields }: UpdateProviderKeyInput,
): Promise<void> {
  const atMs = nowMs();
  const changes = { ...fields, ...(status && statusChange(status, atMs)) };
  if (!(await writeProviderKey(db, id, changes, atMs))) {
    throw new ManageError("not_found", "no such provider key");
  }
}

function statusChange(status: "active" | "disabled", atMs: number) {
  return status === "disabled"
    ? { status, reason: "manual", evidence: null }
    : // A block that an isolate noted before, and writes later, must not undo this.
      { status, reason: null, evidence: null, resetAtMs: atMs };
}
