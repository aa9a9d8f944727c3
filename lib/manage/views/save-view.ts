import { newRowId } from "../../db/new-row-id";
import { auditChange } from "../../db/team/audit-log";
import { insertSavedView } from "../../db/team/saved-views";
import type { ManageContext } from "../manage-context";
import type { UsageReader } from "../usage/usage-scope";
import { viewQueryOf } from "./view-address";
import { assertMayShare, VIEW_BOUNDS, whyUnwritten } from "./view-bounds";
import type { SaveViewInput } from "./view-schemas";

/**
 * Saves a view of a page for the acting member.
 * @throws {ManageError} `conflict` if they have one of this name; `invalid_input` if there are too many, or for a viewer
 * who would share it.
 */
export async function saveView(
  context: ManageContext,
  owner: UsageReader,
  input: SaveViewInput,
): Promise<void> {
  const { db, actor, nowMs } = context;
  const { path, name, isShared } = input;
  assertMayShare(owner, owner.id, isShared);
  const query = viewQueryOf(path, input.query);
  const atMs = nowMs();
  const id = newRowId("sv", atMs);
  const times = { createdAtMs: atMs, updatedAtMs: atMs };
  const row = { id, ownerId: owner.id, path, name, query, isShared, ...times };
  const entry = {
    action: "saved-view.create",
    subject: { kind: "saved-view", id, name },
    after: { path, query, isShared },
  };
  const audit = auditChange(actor, entry, atMs);
  if (await insertSavedView(db, row, VIEW_BOUNDS, audit)) return;
  throw await whyUnwritten(context, { ownerId: owner.id, path, name, isSharing: isShared });
}
