import { newRowId } from "../../db/new-row-id";
import { auditChange } from "../../db/team/audit-log";
import { insertGroup } from "../../db/team/groups";
import { limitsOf, NO_LIMITS, TOKEN_LIMITS } from "../../usage/token-limits";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import type { AddGroupInput } from "./group-schemas";

/** @returns Its id. @throws {ManageError} `conflict` if the name is taken. */
export async function addGroup(
  { db, actor, nowMs }: ManageContext,
  input: AddGroupInput,
): Promise<{ readonly id: string }> {
  const { name, usesCommonKeys = true, weight = 1 } = input;
  const given = TOKEN_LIMITS.map((limit) => [limit, input[limit] ?? null] as const);
  const limits = limitsOf({ ...NO_LIMITS, ...Object.fromEntries(given) });
  const atMs = nowMs();
  const id = newRowId("gr", atMs);
  const times = { createdAtMs: atMs, createdBy: actor.id, updatedAtMs: atMs };
  const row = { id, name, usesCommonKeys, weight, ...limits, ...times };
  const entry = {
    action: "group.create",
    subject: { kind: "group", id, name },
    after: { ...input, usesCommonKeys, weight },
  };
  if (await insertGroup(db, row, auditChange(actor, entry, atMs))) return { id };
  throw nameTaken();
}

export function nameTaken(): ManageError {
  const message = "this name is taken";
  return new ManageError("conflict", message, [{ path: "name", message }]);
}
