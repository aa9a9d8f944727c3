import { auditChange } from "../../db/team/audit-log";
import { deleteSavedView } from "../../db/team/saved-views";
import type { ManageContext } from "../manage-context";
import type { UsageReader } from "../usage/usage-scope";
import { findOwnView } from "./find-view";
import { changedMeanwhile } from "./view-bounds";

/** @throws {ManageError} `not_found`; `conflict` if its owner ended or began sharing it just now. */
export async function removeView(
  context: ManageContext,
  editor: UsageReader,
  id: string,
): Promise<void> {
  const { db, actor, nowMs } = context;
  const { name, path, query, isShared } = await findOwnView(context, editor, id);
  const atMs = nowMs();
  const entry = {
    action: "saved-view.delete",
    subject: { kind: "saved-view", id, name },
    before: { path, query, isShared },
  };
  const audit = auditChange(actor, entry, atMs);
  if (!(await deleteSavedView(db, { id, isShared }, audit))) throw changedMeanwhile();
}
