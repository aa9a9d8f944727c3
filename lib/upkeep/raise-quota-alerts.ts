import { type NewAlert, raiseAlerts } from "../db/team/alerts";
import { alertChannels } from "../manage/alerts/alert-channels";
import { readQuotaForecasts } from "../manage/limits/read-quota-forecasts";
import { settingsOf, type UpkeepJob } from "./upkeep-job";

/** The most alerts per run; the others follow later. */
const ALERTS_A_RUN = 5;

/** Alerts about quotas that will be used up before they renew, once per model and day. */
export const raiseQuotaAlerts: UpkeepJob = {
  name: "raise-quota-alerts",
  async run(context) {
    const { db, nowMs } = context;
    const settings = await settingsOf(context);
    const channels = alertChannels(context, settings);
    if (channels.length === 0) return {};
    const { known } = await readQuotaForecasts(context);
    const dry = known.flatMap(({ provider, label, model, dryMs, resetMs }): NewAlert[] => {
      if (dryMs === null) return [];
      const times = { dry: minuteOf(dryMs), reset: minuteOf(resetMs) };
      return [
        {
          kind: "quota_dry",
          details: { provider: label, model, ...times },
          topics: [`quota_dry/${provider}/${resetMs}/${model}`],
        },
      ];
    });
    const { muted } = settings.alerts;
    const raising = { channels, limit: ALERTS_A_RUN, over: [], muted };
    return { raisedAlerts: await raiseAlerts(db, dry, raising, nowMs()) };
  },
};

/** `2026-11-23 07:30 UTC` */
function minuteOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
