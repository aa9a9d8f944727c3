import { listProviderKeyIds as readIds } from "../../db/keys/provider-keys";
import type { ManageContext } from "../manage-context";
import type { ProviderKeyFilterInput } from "./provider-key-schemas";

/** More keys than this nobody checks in one go. */
const MAX = 20_000;

/** Ids of all keys that a filter means, newest first, for work that goes through them a few at a time. */
export async function listProviderKeyIds(
  { db, nowMs }: ManageContext,
  filter: ProviderKeyFilterInput,
): Promise<readonly string[]> {
  return readIds(db, filter, nowMs(), MAX);
}
