import { type NewAlert, raiseAlerts } from "../db/team/alerts";
import { alertChannels } from "../manage/alerts/alert-channels";
import { type IncidentItem, listIncidents } from "../manage/alerts/list-incidents";
import { settingsOf, type UpkeepJob } from "./upkeep-job";

/** The most alerts per run; the others follow later. */
const ALERTS_A_RUN = 5;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Alerts about incidents that began or ended in the last day, once each. */
export const raiseIncidentAlerts: UpkeepJob = {
  name: "raise-incident-alerts",
  async run(context) {
    const { db, nowMs } = context;
    const found = (await listIncidents(context, {})).flatMap((incident) =>
      alertsOf(incident, nowMs() - DAY_MS),
    );
    if (found.length === 0) return {};
    const settings = await settingsOf(context);
    const channels = alertChannels(context, settings);
    const { muted } = settings.alerts;
    const raising = { channels, limit: ALERTS_A_RUN, over: [], muted };
    return { raisedAlerts: await raiseAlerts(db, found, raising, nowMs()) };
  },
};

function alertsOf(incident: IncidentItem, sinceMs: number): NewAlert[] {
  const { id, label: provider, rule, keys, openedAt, endedAt } = incident;
  const alerts: NewAlert[] = [];
  if (openedAt > sinceMs) {
    const details = { provider, rule, count: keys.length };
    alerts.push({ kind: "incident_opened", details, topics: [`incident/${id}/opened`] });
  }
  if (endedAt !== null && endedAt > sinceMs) {
    const minutes = Math.max(1, Math.round((endedAt - openedAt) / MINUTE_MS));
    const details = { provider, rule, minutes };
    alerts.push({ kind: "incident_closed", details, topics: [`incident/${id}/closed`] });
  }
  return alerts;
}
