import { readSettings as readStoredSettings, type TeamSettings } from "../../db/team/settings";
import type { ManageContext } from "../manage-context";

/** The team's settings, with the defaults for the rest. Traces and signing in have readers of their own. */
export async function readSettings({ db }: Pick<ManageContext, "db">): Promise<TeamSettings> {
  const { traces: _, signIn: __, ...settings } = (await readStoredSettings(db)).settings;
  return settings;
}
