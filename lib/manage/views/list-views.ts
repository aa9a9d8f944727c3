import { listSavedViews } from "../../db/team/saved-views";
import type { ManageContext } from "../manage-context";
import type { UsageReader } from "../usage/usage-scope";
import { mayChangeView } from "./find-view";

/** A saved view. */
export interface ViewItem {
  readonly id: string;
  readonly name: string;
  /** The page's search parameters, without `?`. */
  readonly query: string;
  readonly isShared: boolean;
  readonly isOwn: boolean;
  /** Null if the owner has left. */
  readonly ownerName: string | null;
  /** Whether the reader may change and delete it. */
  readonly mayChange: boolean;
}

/** The reader's own views of a page and the team's, sorted by name. */
export async function listViews(
  { db }: ManageContext,
  reader: UsageReader,
  path: string,
): Promise<readonly ViewItem[]> {
  const views = await listSavedViews(db, reader.id, path);
  return views.map(({ id, name, query, isShared, ownerId, ownerName }) => ({
    ...{ id, name, query, isShared, ownerName },
    isOwn: ownerId === reader.id,
    mayChange: mayChangeView({ ownerId, isShared }, reader),
  }));
}
