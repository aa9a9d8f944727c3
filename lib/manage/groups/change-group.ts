import { auditChange } from "../../db/team/audit-log";
import { listGroupNames, updateGroup } from "../../db/team/groups";
import { assertUnchanged, type Fields } from "../assert-unchanged";
import { changedFields } from "../changed-fields";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { nameTaken } from "./add-group";
import { findGroup } from "./find-group";
import type { ChangeGroupInput } from "./group-schemas";

/**
 * Changes the given fields; null removes a limit.
 * @param was What the caller knows of these fields; another's change in the meantime stays, and is reported.
 * @throws {ManageError} `not_found`; `conflict` if the name is taken, or someone else changed the group meanwhile.
 */
export async function changeGroup(
  context: ManageContext,
  id: string,
  input: ChangeGroupInput,
  was?: Fields,
): Promise<void> {
  const { db, actor, nowMs } = context;
  const group = await findGroup(context, id);
  assertUnchanged({ ...group }, input, was);
  const names = await listGroupNames(db);
  if (names.some((other) => other.id !== id && other.name === input.name)) throw nameTaken();
  const atMs = nowMs();
  const subject = { kind: "group", id, name: group.name };
  const changed = changedFields<ChangeGroupInput>(group, input);
  if (changed === null) return;
  const audit = auditChange(actor, { action: "group.update", subject, ...changed }, atMs);
  if (await updateGroup(db, group, input, audit, atMs)) return;
  throw new ManageError("conflict", "the group was changed by someone else just now");
}
