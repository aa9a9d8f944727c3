/**
 * How long today's quotas will last, for the models of which anything is known: those whose keys were told,
 * lately or today, that a day's quota is used up.
 * @module
 */
import {
  type AnswerWindow,
  countAnswers,
  listQuotaKeys,
  listSpentKeys,
  listSpentNotices,
  type SpentNotice,
} from "../db/quota-days";
import { sumCells } from "../db/read-usage-cells";
import { modelMatches } from "../models/model-matches";
import { nextMidnightMs, quotaDayStartMs } from "../providers/quota-day";
import type { Provider } from "../providers/types";
import { DAYS_REMEMBERED, type Forecast, forecastQuota } from "../usage/forecast";
import { DAY_MS, HOUR_MS } from "../usage/rollup";
import { allProviders } from "./known-provider";
import type { ManageContext } from "./manage-context";

export interface QuotaForecast extends Forecast {
  readonly provider: string;
  /** The provider's name. */
  readonly label: string;
  readonly model: string;
  /** Of late. */
  readonly requestsPerHour: number;
  /** The clock that the quota's day follows. */
  readonly resetZone: Provider["quotaDayZone"];
}

export interface QuotaForecasts {
  /** When they were made: what was used up by then is used up. */
  readonly atMs: number;
  /** Those that run dry first, then those with the least left of their quota. */
  readonly known: readonly QuotaForecast[];
  /** How many models answered of late whose quota nobody told yet. */
  readonly unknownModels: number;
}

/** How far back days count; older ones tell little. */
const NOTICES_SINCE_MS = 7 * DAY_MS;
const MAX_NOTICES = 5_000;
const MAX_MODELS = 20;

export async function readQuotaForecasts(context: ManageContext): Promise<QuotaForecasts> {
  const { db, nowMs } = context;
  const now = nowMs();
  // The rate is of the last one to two hours: the open hour, and the whole one before.
  const rateFromMs = Math.floor(now / HOUR_MS) * HOUR_MS - HOUR_MS;
  const [notices, spent, providers, [rates = []]] = await Promise.all([
    listSpentNotices(db, now - NOTICES_SINCE_MS, MAX_NOTICES),
    listSpentKeys(db, now),
    allProviders(context),
    sumCells(db, [
      {
        side: "caller",
        grain: "hour",
        fromMs: rateFromMs,
        toMs: now + 1,
        by: ["provider", "model"],
        where: { outcome: "ok" },
      },
    ]),
  ]);
  const bySlug = new Map(providers.map((provider) => [provider.slug, provider]));
  const models = [...new Map(notices.map((each) => [nameOf(each), each])).values()]
    .filter(({ provider }) => bySlug.has(provider))
    .slice(0, MAX_MODELS);
  const slugs = [...new Set(models.map(({ provider }) => provider))];
  const keys = models.length === 0 ? [] : await listQuotaKeys(db, slugs);

  const isSpent = new Set(spent.map(({ keyId, model }) => `${keyId} ${model}`));
  const days = models.map(({ provider, model }) => {
    const zone = bySlug.get(provider)?.quotaDayZone ?? "UTC";
    const startMs = quotaDayStartMs(zone, now);
    const own = keys.filter((key) => key.provider === provider && modelMatches(key.models, model));
    return { provider, model, zone, startMs, own };
  });
  const todays = days.flatMap(({ provider, model, startMs, own }) =>
    own.map(
      ({ id }): AnswerWindow => ({ keyId: id, provider, model, fromMs: startMs, toMs: now + 1 }),
    ),
  );
  const earlier = spentWindows(notices, (slug) => bySlug.get(slug)?.quotaDayZone ?? "UTC", now);
  const counts = await countAnswers(db, [...todays, ...earlier]);
  const answered = new Map(todays.map((each, index) => [windowOf(each), counts[index] ?? 0]));
  const spentDays = Map.groupBy(
    earlier.map((each, index) => ({ ...each, answered: counts[todays.length + index] ?? 0 })),
    windowOf,
  );
  const known = days.map(({ provider, model, zone, own }): QuotaForecast => {
    const rate = rates.find((row) => row.provider === provider && row.model === model);
    const requestsPerHour = ((rate?.values.requests ?? 0) * HOUR_MS) / (now - rateFromMs);
    const forecast = forecastQuota({
      keys: own.map(({ id }) => {
        const name = windowOf({ keyId: id, provider, model });
        return {
          answered: answered.get(name) ?? 0,
          isSpent: isSpent.has(`${id} ${model}`) || isSpent.has(`${id} *`),
          spentDays: spentDays.get(name) ?? [],
        };
      }),
      requestsPerHour,
      nowMs: now,
      resetMs: nextMidnightMs(zone, now),
    });
    const label = bySlug.get(provider)?.label ?? provider;
    return { ...forecast, provider, label, model, requestsPerHour, resetZone: zone };
  });
  const told = new Set(known.filter(({ quota }) => quota !== null).map(nameOf));
  return {
    atMs: now,
    known: known.filter(({ quota }) => quota !== null).sort(byUrgency),
    unknownModels: rates.filter((row) => row.model !== "" && !told.has(nameOf(row))).length,
  };
}

function nameOf({ provider, model }: { readonly provider: string; readonly model: string }) {
  return `${provider} ${model}`;
}

function windowOf({ keyId, provider, model }: Pick<AnswerWindow, "keyId" | "provider" | "model">) {
  return `${keyId} ${provider} ${model}`;
}

/**
 * The earlier days of each key and model that were spent, from their beginning until the last word of it;
 * the latest first, as many as a forecast remembers.
 */
function spentWindows(
  notices: readonly SpentNotice[],
  zoneOf: (provider: string) => Provider["quotaDayZone"],
  nowMs: number,
): AnswerWindow[] {
  const windows = new Map<string, AnswerWindow[]>();
  // Looking up a zone's clock is slow, and thousands of notices are of some hundred hours.
  const starts = new Map<string, number>();
  const startOf = (provider: string, atMs: number) => {
    const zone = zoneOf(provider);
    const hour = `${zone} ${Math.floor(atMs / HOUR_MS)}`;
    const known = starts.get(hour) ?? quotaDayStartMs(zone, atMs);
    starts.set(hour, known);
    return known;
  };
  for (const { atMs, ...rest } of notices) {
    const fromMs = startOf(rest.provider, atMs);
    if (fromMs === startOf(rest.provider, nowMs)) continue;
    const own = windows.get(windowOf(rest)) ?? [];
    if (own.length === DAYS_REMEMBERED || own.some((window) => window.fromMs === fromMs)) continue;
    windows.set(windowOf(rest), [...own, { ...rest, fromMs, toMs: atMs }]);
  }
  return [...windows.values()].flat();
}

function byUrgency(a: QuotaForecast, b: QuotaForecast): number {
  const share = ({ left, quota }: Forecast) => (left ?? 0) / Math.max(1, quota ?? 0);
  return (a.dryMs ?? Infinity) - (b.dryMs ?? Infinity) || share(a) - share(b);
}
