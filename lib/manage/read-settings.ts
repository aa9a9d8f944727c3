import { readSettings as readStoredSettings, type Settings } from "../db/settings";
import type { ManageContext } from "./manage-context";

/** What the team decided, with the defaults where it did not. */
export async function readSettings({ db }: ManageContext): Promise<Settings> {
  return (await readStoredSettings(db)).settings;
}
