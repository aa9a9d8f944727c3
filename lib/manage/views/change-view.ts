import { auditChange } from "../../db/team/audit-log";
import { updateSavedView } from "../../db/team/saved-views";
import { assertUnchanged, type Fields } from "../assert-unchanged";
import { changedFields } from "../changed-fields";
import type { ManageContext } from "../manage-context";
import type { UsageReader } from "../usage/usage-scope";
import { findOwnView } from "./find-view";
import { viewQueryOf } from "./view-address";
import { assertMayShare, VIEW_BOUNDS, whyUnwritten } from "./view-bounds";
import type { ViewChanges } from "./view-schemas";

/**
 * Changes the given fields of a view.
 * @param was What the caller knows of these fields; another's change in the meantime stays, and is reported.
 * @throws {ManageError} `not_found`; `conflict` if the name is taken, or someone else changed the view meanwhile;
 * `invalid_input` if too many are shared, or the editor may not share it.
 */
export async function changeView(
  context: ManageContext,
  editor: UsageReader,
  id: string,
  { query, ...fields }: ViewChanges,
  was?: Fields,
): Promise<void> {
  const { db, actor, nowMs } = context;
  const row = await findOwnView(context, editor, id);
  const wanted = {
    ...fields,
    ...(query !== undefined && { query: viewQueryOf(row.path, query) }),
  };
  assertUnchanged({ ...row }, wanted, was);
  assertMayShare(editor, row.ownerId, wanted.isShared);
  const changes = changedFields<ViewChanges>(row, wanted);
  if (changes === null) return;
  const atMs = nowMs();
  const subject = { kind: "saved-view", id, name: row.name };
  const audit = auditChange(actor, { action: "saved-view.update", subject, ...changes }, atMs);
  if (await updateSavedView(db, row, changes.after, VIEW_BOUNDS, audit, atMs)) return;
  const { name = row.name, isShared = false } = changes.after;
  throw await whyUnwritten(context, { ...row, name, isSharing: isShared });
}
