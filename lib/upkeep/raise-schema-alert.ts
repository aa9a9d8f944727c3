import { raiseAlerts } from "../db/team/alerts";
import { alertChannels } from "../manage/alerts/alert-channels";
import { readSchemaState } from "../manage/settings/read-schema-state";
import { settingsOf, type UpkeepJob } from "./upkeep-job";

/** Alerts about a version that was deployed without its migrations, once per version. */
export const raiseSchemaAlert: UpkeepJob = {
  name: "raise-schema-alert",
  async run(context) {
    const { missing } = await readSchemaState(context);
    const newest = missing.at(-1);
    if (newest === undefined) return {};
    const { db, nowMs } = context;
    const settings = await settingsOf(context);
    const channels = alertChannels(context, settings);
    const details = { count: missing.length, newest };
    const alert = { kind: "schema_behind", details, topics: [`schema_behind/${newest}`] } as const;
    const { muted } = settings.alerts;
    const raising = { channels, limit: 1, over: [], muted };
    return { raisedAlerts: await raiseAlerts(db, [alert], raising, nowMs()) };
  },
};
