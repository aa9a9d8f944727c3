import { readSettings as readStoredSettings, type Settings } from "../../db/team/settings";
import type { ManageContext } from "../manage-context";

/** The team's settings, with the defaults for the rest. */
export async function readSettings({ db }: Pick<ManageContext, "db">): Promise<Settings> {
  return (await readStoredSettings(db)).settings;
}
