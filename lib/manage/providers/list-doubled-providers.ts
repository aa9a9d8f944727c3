import { listCustomProviders } from "../../db/keys/custom-providers";
import { findProvider } from "../../providers/registry";
import type { ManageContext } from "../manage-context";

/** Custom providers whose slug this version has a built-in provider for. */
export async function listDoubledProviders({ db }: Pick<ManageContext, "db">) {
  return (await listCustomProviders(db)).filter(({ slug }) => findProvider(slug) !== undefined);
}
