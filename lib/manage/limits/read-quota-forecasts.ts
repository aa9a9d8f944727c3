/**
 * How long today's quotas will last, for models about which anything is known: those whose keys were recently reported
 * to have used up a daily quota.
 * @module
 */
import { listSpentKeys } from "../../db/keys/quota-days";
import { sumCells } from "../../db/usage/read-usage-cells";
import { nextMidnightMs } from "../../providers/answers/quota-day";
import type { Provider } from "../../providers/types";
import { type Forecast, forecastQuota } from "../../usage/forecast";
import { HOUR_MS } from "../../usage/rollup";
import type { ManageContext } from "../manage-context";
import { readQuotaDays } from "./read-quota-days";

export interface QuotaForecast extends Forecast {
  readonly provider: string;
  /** The provider's name. */
  readonly label: string;
  readonly model: string;
  /** Recently. */
  readonly requestsPerHour: number;
  /** The time zone of the quota's day. */
  readonly resetZone: Provider["quotaDayZone"];
}

export interface QuotaForecasts {
  /** When they were made: a quota used up by then is used up. */
  readonly atMs: number;
  /** Those that run out first, then those with the least left of their quota. */
  readonly known: readonly QuotaForecast[];
  /** How many models worked recently for which no quota was reported yet. */
  readonly unknownModels: number;
}

export async function readQuotaForecasts(context: ManageContext): Promise<QuotaForecasts> {
  const { db, nowMs } = context;
  const now = nowMs();
  // The rate covers the last one to two hours: the open hour, and the whole one before.
  const rateFromMs = Math.floor(now / HOUR_MS) * HOUR_MS - HOUR_MS;
  const [days, spent, [rates = []]] = await Promise.all([
    readQuotaDays(context),
    listSpentKeys(db, now),
    sumCells(db, [
      {
        side: "caller",
        grain: "hour",
        fromMs: rateFromMs,
        toMs: now + 1,
        by: ["provider", "model"],
        where: { outcome: "ok" },
        measures: ["requests"],
      },
    ]),
  ]);
  const isSpent = new Set(spent.map(({ keyId, model }) => `${keyId} ${model}`));
  const known = days.models.map(({ provider, model, zone, keys }): QuotaForecast => {
    const rate = rates.find((row) => row.provider === provider && row.model === model);
    const requestsPerHour = ((rate?.values.requests ?? 0) * HOUR_MS) / (now - rateFromMs);
    const forecast = forecastQuota({
      keys: keys.map((key) => ({
        answered: days.answeredToday(key, model),
        isSpent: isSpent.has(`${key.id} ${model}`) || isSpent.has(`${key.id} *`),
        spentDays: days.spentDays(key, model),
      })),
      requestsPerHour,
      nowMs: now,
      resetMs: nextMidnightMs(zone, now),
    });
    const label = days.providers.get(provider)?.label ?? provider;
    return { ...forecast, provider, label, model, requestsPerHour, resetZone: zone };
  });
  const withQuota = new Set(known.filter(({ quota }) => quota !== null).map(nameOf));
  return {
    atMs: now,
    known: known.filter(({ quota }) => quota !== null).sort(byUrgency),
    unknownModels: rates.filter((row) => row.model !== "" && !withQuota.has(nameOf(row))).length,
  };
}

function nameOf({ provider, model }: { readonly provider: string; readonly model: string }) {
  return `${provider} ${model}`;
}

function byUrgency(a: QuotaForecast, b: QuotaForecast): number {
  const share = ({ left, quota }: Forecast) => (left ?? 0) / Math.max(1, quota ?? 0);
  return (a.dryMs ?? Infinity) - (b.dryMs ?? Infinity) || share(a) - share(b);
}
