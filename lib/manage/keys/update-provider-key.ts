import {
  DISABLED_BY,
  updateProviderKey as writeProviderKey,
} from "../../db/keys/change-provider-keys";
import { getProviderKey, type ListedProviderKey } from "../../db/keys/provider-keys";
import { assertGroups } from "../groups/find-group";
import { withGroups } from "../groups/with-groups";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import type { UpdateProviderKeyInput } from "../schemas";
import { auditKey } from "./audit-provider-keys";

/**
 * Changes the given fields; null clears one. `active` enables a disabled key, or unblocks a blocked one.
 * @throws {ManageError} `not_found`; `invalid_input` for an unknown group; `conflict` if keys of one quota domain would
 * serve different groups.
 */
export async function updateProviderKey(
  context: ManageContext,
  id: string,
  input: UpdateProviderKeyInput,
): Promise<void> {
  const { db, nowMs, actor } = context;
  await assertGroups(context, input.groups ?? [], "groups");
  const atMs = nowMs();
  const { status, ...fields } = input;
  const key = await getProviderKey(db, id, atMs);
  const changes = { ...fields, ...(status && statusChange(status, atMs)) };
  if (key !== undefined) {
    const audit = auditKey(actor, "update", key, atMs, {
      before: fieldsBefore(key, input),
      after: input,
    });
    if (await withGroups(writeProviderKey(db, id, changes, atMs, audit))) return;
  }
  throw new ManageError("not_found", "no such provider key");
}

function fieldsBefore(key: ListedProviderKey, input: UpdateProviderKeyInput) {
  const fields = Object.keys(input) as (keyof UpdateProviderKeyInput)[];
  return Object.fromEntries(fields.map((field) => [field, key[field]]));
}

function statusChange(status: "active" | "disabled", atMs: number) {
  return status === "disabled"
    ? { status, reason: DISABLED_BY["team-admin"] }
    : // A block that an isolate recorded before, and writes later, must not undo this.
      { status, reason: null, evidence: null, resetAtMs: atMs };
}
