import { auditChange } from "../../db/team/audit-log";
import { updateMember } from "../../db/team/members";
import type { ManageContext } from "../manage-context";
import { findMember } from "./find-member";

/** Changes the acting member's own name. */
export async function renameMember(
  context: ManageContext,
  { name }: { readonly name: string },
): Promise<void> {
  const { db, nowMs, actor } = context;
  const user = await findMember(context, actor.id);
  if (user.name === name) return;
  const atMs = nowMs();
  const subject = { kind: "member", id: user.id, name: user.email };
  const entry = {
    action: "member.rename",
    subject,
    before: { name: user.name },
    after: { name },
  };
  await updateMember(db, user.id, { name }, atMs, auditChange(actor, entry, atMs));
}
