import { readSettings as readStoredSettings, type Settings } from "../../db/team/settings";
import type { ManageContext } from "../manage-context";

/** What the team decided, with the defaults where it did not. */
export async function readSettings({ db }: Pick<ManageContext, "db">): Promise<Settings> {
  return (await readStoredSettings(db)).settings;
}
