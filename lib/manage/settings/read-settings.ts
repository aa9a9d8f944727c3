import { readSettings as readStoredSettings, type TeamSettings } from "../../db/team/settings";
import type { ManageContext } from "../manage-context";

/** The team's settings, with the defaults for the rest. `readTraceSettings` has the receiver of traces. */
export async function readSettings({ db }: Pick<ManageContext, "db">): Promise<TeamSettings> {
  const { traces: _, ...settings } = (await readStoredSettings(db)).settings;
  return settings;
}
