import { listSavedViews, type ViewBounds } from "../../db/team/saved-views";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import type { UsageReader } from "../usage/usage-scope";

export const VIEW_BOUNDS: ViewBounds = { own: 50, shared: 100 };

/**
 * Only owners share their views and end it: admins may change or delete what is shared. What viewers save no one else
 * sees.
 * @throws {ManageError} `invalid_input`.
 */
export function assertMayShare(
  { id, role }: UsageReader,
  ownerId: string,
  isShared: boolean | undefined,
): void {
  if (isShared === undefined) return;
  if (ownerId !== id) throw problem("invalid_input", "isShared", "only its owner may change this");
  if (isShared && role === "viewer") {
    throw problem("invalid_input", "isShared", "your role does not allow sharing");
  }
}

/** A view that was to be written. */
interface UnwrittenView {
  /** Absent for a new one. */
  readonly id?: string;
  readonly ownerId: string;
  readonly path: string;
  readonly name: string;
  /** Whether it was to be shared, and wasn't before. */
  readonly isSharing: boolean;
}

/** Why it wasn't: `conflict` if its owner has another of this name, or someone else changed it. */
export async function whyUnwritten(
  { db }: ManageContext,
  { id, ownerId, path, name, isSharing }: UnwrittenView,
): Promise<ManageError> {
  const views = await listSavedViews(db, ownerId);
  const own = views.filter((view) => view.ownerId === ownerId);
  if (own.some((view) => view.id !== id && view.path === path && view.name === name)) {
    return problem("conflict", "name", "there is a view of this name");
  }
  if (id === undefined && own.length >= VIEW_BOUNDS.own) {
    return problem("invalid_input", "own", `at most ${VIEW_BOUNDS.own} views`);
  }
  if (isSharing && views.filter(({ isShared }) => isShared).length >= VIEW_BOUNDS.shared) {
    return problem("invalid_input", "shared", `at most ${VIEW_BOUNDS.shared} shared views`);
  }
  return changedMeanwhile();
}

export function changedMeanwhile(): ManageError {
  return new ManageError("conflict", "someone else is changing this view; try again");
}

function problem(code: "conflict" | "invalid_input", path: string, message: string): ManageError {
  return new ManageError(code, message, [{ path, message }]);
}
