import { auditChange } from "../../db/team/audit-log";
import { deleteGroup } from "../../db/team/groups";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { findGroup } from "./find-group";

/**
 * Removes a group that is empty. Its keys and tokens are never moved by themselves: a key that served only it would
 * serve everyone.
 * @throws {ManageError} `not_found`; `conflict` while keys serve it, or it has tokens that aren't revoked.
 */
export async function removeGroup(context: ManageContext, id: string): Promise<void> {
  const { db, actor, nowMs } = context;
  const { name, keys, tokens } = await findGroup(context, id);
  const atMs = nowMs();
  const entry = {
    action: "group.delete",
    subject: { kind: "group", id, name },
    before: { name },
  };
  if (await deleteGroup(db, id, auditChange(actor, entry, atMs), atMs)) return;
  throw new ManageError(
    "conflict",
    `the group still has ${keys} keys and ${tokens} access tokens: delete its keys or let them serve others, and revoke its tokens`,
  );
}
