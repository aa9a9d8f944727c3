import { readSettings as readStoredSettings, type TeamSettings } from "../../db/team/settings";
import type { ManageContext } from "../manage-context";

/** The team's settings, with the defaults for the rest. What contains secrets has readers of its own. */
export async function readSettings({ db }: Pick<ManageContext, "db">): Promise<TeamSettings> {
  const { settings: stored } = await readStoredSettings(db);
  const { traces: _, signIn: __, alertTargets: ___, ...settings } = stored;
  return settings;
}
