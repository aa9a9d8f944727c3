import { raiseAlerts } from "../db/team/alerts";
import { alertChannels } from "../manage/alerts/alert-channels";
import { listDoubledProviders } from "../manage/providers/list-doubled-providers";
import { settingsOf, type UpkeepJob } from "./upkeep-job";

/** Alerts, once per slug, if this version brings a built-in provider with the slug of a custom one. */
export const raiseProviderAlerts: UpkeepJob = {
  name: "raise-provider-alerts",
  async run(context) {
    const { db, nowMs } = context;
    const doubles = await listDoubledProviders(context);
    if (doubles.length === 0) return {};
    const settings = await settingsOf(context);
    const channels = alertChannels(context, settings);
    const found = doubles.map(({ slug, label, baseUrl }) => ({
      kind: "provider_doubled" as const,
      details: { provider: slug, label, address: baseUrl },
      topics: [`provider_doubled/${slug}`],
    }));
    const { muted } = settings.alerts;
    const raising = { channels, limit: found.length, over: [], muted };
    return { raisedAlerts: await raiseAlerts(db, found, raising, nowMs()) };
  },
};
