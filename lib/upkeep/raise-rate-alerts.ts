import { listLasting, type NewAlert, raiseAlerts } from "../db/team/alerts";
import { sumCells } from "../db/usage/read-usage-cells";
import { alertChannels } from "../manage/alerts/alert-channels";
import { allProviders } from "../manage/keys/known-provider";
import { HOUR_MS } from "../usage/rollup";
import { findRateAlerts, type ProviderRates } from "./rate-alerts";
import { settingsOf, type UpkeepContext, type UpkeepJob } from "./upkeep-job";

/** The most alerts per run; the others follow later. */
const ALERTS_A_RUN = 5;
/** An hour that has just begun says little: until then, the one before counts too. */
const YOUNG_MS = 20 * 60_000;

/** Alerts about providers that fail more often, or are slower, than the team wants; until they are well below again. */
export const raiseRateAlerts: UpkeepJob = {
  name: "raise-rate-alerts",
  async run(context) {
    const { db, nowMs } = context;
    const settings = await settingsOf(context);
    const { errorsAbove, slowerThan, muted } = settings.alerts;
    const channels = alertChannels(context, settings);
    if (channels.length === 0 || (errorsAbove === 0 && slowerThan === 0)) return {};
    const [rates, known] = await Promise.all([readRates(context), listLasting(db, "rate")]);
    const { raised, over } = findRateAlerts(rates, { errorsAbove, slowerThan }, known);
    if (raised.length === 0 && over.length === 0) return {};
    const labels = new Map((await allProviders(context)).map(({ slug, label }) => [slug, label]));
    const found = raised.map(({ kind, provider, topic, requests, figure }): NewAlert => {
      const threshold = kind === "errors_high" ? errorsAbove : slowerThan;
      const label = labels.get(provider) ?? provider;
      const details = { provider: label, requests, figure: rounded(figure), threshold };
      return { kind, details, topics: [topic] };
    });
    const raising = { channels, limit: ALERTS_A_RUN, over, muted };
    return { raisedAlerts: await raiseAlerts(db, found, raising, nowMs()) };
  },
};

/** Of this hour, and of the one before if it is young. */
async function readRates({ db, nowMs }: UpkeepContext): Promise<readonly ProviderRates[]> {
  const atMs = nowMs();
  const hourMs = Math.floor(atMs / HOUR_MS) * HOUR_MS;
  const fromMs = atMs - hourMs < YOUNG_MS ? hourMs - HOUR_MS : hourMs;
  const [sums = []] = await sumCells(db, [
    {
      ...{ side: "caller", grain: "hour", fromMs, toMs: atMs + 1 },
      by: ["provider", "outcome"],
      withTimes: true,
    },
  ]);
  const byProvider = Map.groupBy(sums, ({ provider }) => provider);
  byProvider.delete("");
  return [...byProvider].map(([provider, rows]) => {
    const good = rows.filter(({ outcome }) => outcome === "ok");
    const requestsOf = (some: typeof rows) =>
      some.reduce((sum, { values }) => sum + values.requests, 0);
    const [first] = good;
    return {
      provider,
      requests: requestsOf(rows),
      answered: requestsOf(good),
      durations: (first?.durations ?? []).map((_, index) =>
        good.reduce((sum, { durations }) => sum + (durations[index] ?? 0), 0),
      ),
    };
  });
}

function rounded(figure: number): number {
  return Math.round(figure * 10) / 10;
}
