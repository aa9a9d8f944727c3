import type { SavedViewRow } from "../../db/schema/team-schema";
import { getSavedView } from "../../db/team/saved-views";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import type { UsageReader } from "../usage/usage-scope";

/** A view is its owner's; a shared one is the admins' too. */
export function mayChangeView(
  { ownerId, isShared }: Pick<SavedViewRow, "ownerId" | "isShared">,
  { id, role }: UsageReader,
): boolean {
  return ownerId === id || (isShared && role === "admin");
}

/** A view that someone may change. @throws {ManageError} `not_found`. */
export async function findOwnView(
  { db }: ManageContext,
  editor: UsageReader,
  id: string,
): Promise<SavedViewRow> {
  const view = await getSavedView(db, id);
  if (view !== undefined && mayChangeView(view, editor)) return view;
  throw new ManageError("not_found", "no such view that you may change");
}
