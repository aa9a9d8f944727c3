import { getCustomProvider } from "../../db/keys/custom-providers";
import { countKeyStates } from "../../db/keys/provider-keys";
import { findProvider } from "../../providers/registry";
import type { ManageContext } from "../manage-context";

/** Whether there is anything to show of a provider: it is known, or keys of it are left. */
export async function hasProvider({ db, nowMs }: ManageContext, slug: string): Promise<boolean> {
  if (findProvider(slug)) return true;
  const [own, counts] = await Promise.all([
    getCustomProvider(db, slug),
    countKeyStates(db, nowMs(), slug),
  ]);
  return own !== undefined || counts.length > 0;
}
