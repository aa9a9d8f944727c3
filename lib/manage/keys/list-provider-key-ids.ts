import { listProviderKeyIds as readIds } from "../../db/keys/provider-keys";
import type { ManageContext } from "../manage-context";
import type { ProviderKeyFilterInput } from "./provider-key-schemas";

/** No one checks more keys in one go. */
const MAX = 20_000;

/** Ids of all keys that match a filter, newest first, for work in batches. */
export async function listProviderKeyIds(
  { db, nowMs }: ManageContext,
  filter: ProviderKeyFilterInput,
): Promise<readonly string[]> {
  return readIds(db, filter, nowMs(), MAX);
}
