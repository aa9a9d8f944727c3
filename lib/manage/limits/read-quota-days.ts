/**
 * What keys served of today's quotas and on the days on which a quota was used up. Past days are counted once and
 * stored (`keepQuotaDays`), today up to the last hour that was rolled up; the rest is counted for each page view.
 * @module
 */
import {
  type AnswerWindow,
  countAnswers,
  type KeptQuotaDay,
  keepQuotaDays as keepDays,
  listKeptQuotaDays,
  listQuotaKeys,
  listSpentNotices,
  oldestWaitingHourMs,
  type QuotaKey,
  type SpentNotice,
} from "../../db/keys/quota-days";
import { modelMatches } from "../../models/model-matches";
import { nextMidnightMs, quotaDayStartMs } from "../../providers/answers/quota-day";
import type { Provider } from "../../providers/types";
import { DAYS_REMEMBERED, type SpentDay } from "../../usage/forecast";
import { DAY_MS, HOUR_MS } from "../../usage/rollup";
import { allProviders } from "../keys/known-provider";
import type { ManageContext } from "../manage-context";

type Zone = Provider["quotaDayZone"];

/** A model about which anything is known. */
export interface QuotaModel {
  readonly provider: string;
  readonly model: string;
  readonly zone: Zone;
  /** Active keys that may serve it. */
  readonly keys: readonly QuotaKey[];
}

export interface QuotaDays {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly models: readonly QuotaModel[];
  /** Successful responses of a key and model today. */
  answeredToday(key: QuotaKey, model: string): number;
  /** Its earlier days on which the quota was used up, the latest first. */
  spentDays(key: QuotaKey, model: string): readonly SpentDay[];
}

/** How far back days count; older ones say little. */
const NOTICES_SINCE_MS = 7 * DAY_MS;
const MAX_NOTICES = 5_000;
const MAX_MODELS = 20;
const ZONES: readonly Zone[] = ["UTC", "America/Los_Angeles"];

export async function readQuotaDays(context: ManageContext): Promise<QuotaDays> {
  const counted = await countDays(context, context.nowMs() + 1);
  const { todays, earlier, counts } = counted;
  const answered = new Map(todays.map((each, index) => [nameOf(each), counts[index] ?? 0]));
  const spent = Map.groupBy(
    earlier.map((each, index) => ({ ...each, answered: counts[todays.length + index] ?? 0 })),
    nameOf,
  );
  return {
    providers: counted.providers,
    models: counted.models,
    answeredToday: ({ id, provider }, model) =>
      answered.get(nameOf({ keyId: id, provider, model })) ?? 0,
    spentDays: ({ id, provider }, model) => spent.get(nameOf({ keyId: id, provider, model })) ?? [],
  };
}

/**
 * Stores the counts of hours that are rolled up. For maintenance.
 * @returns How many days were written.
 */
export async function keepQuotaDays(context: ManageContext): Promise<number> {
  const { db, nowMs } = context;
  const now = nowMs();
  const waitingMs = (await oldestWaitingHourMs(db)) ?? now;
  const throughMs = floorTo(Math.min(waitingMs, now), HOUR_MS);
  const sinceMs = now - NOTICES_SINCE_MS - DAY_MS;
  const kept = await listKeptQuotaDays(db, sinceMs);
  const isKept = (day: Omit<KeptQuotaDay, "counts">) =>
    kept.some(
      (other) =>
        other.zone === day.zone && other.fromMs === day.fromMs && other.throughMs >= day.throughMs,
    );
  const days = ZONES.flatMap((zone) => daysOf(zone, now)).flatMap(({ zone, fromMs, toMs }) => {
    const day = { zone, fromMs, throughMs: Math.min(toMs, throughMs) };
    const isWhole = day.throughMs === toMs || toMs > now;
    return isWhole && day.throughMs > fromMs && !isKept(day) ? [day] : [];
  });
  if (days.length === 0) return 0;
  const { todays, earlier, counts } = await countDays(context, throughMs, now);
  const windows = [...todays, ...earlier];
  const written = days.map(
    (day): KeptQuotaDay => ({
      ...day,
      counts: windows.flatMap(({ keyId, provider, model, zone, fromMs, toMs }, index) =>
        zone === day.zone && fromMs === day.fromMs
          ? [[keyId, provider, model, toMs, counts[index] ?? 0] as const]
          : [],
      ),
    }),
  );
  await keepDays(db, written, sinceMs);
  return written.length;
}

interface DayWindow extends AnswerWindow {
  readonly zone: Zone;
}

interface CountedDays extends Pick<QuotaDays, "providers" | "models"> {
  /** From today's start, for each model and key. */
  readonly todays: readonly DayWindow[];
  /** Days on which the quota was used up, until the last report of that. */
  readonly earlier: readonly DayWindow[];
  /** For `todays`, then for `earlier`. */
  readonly counts: readonly number[];
}

/** @param toMs Where today's hours end. */
async function countDays(
  context: ManageContext,
  toMs: number,
  nowMs: number = context.nowMs(),
): Promise<CountedDays> {
  const { db, shownTo } = context;
  const [all, kept] = await Promise.all([
    allProviders(context),
    listKeptQuotaDays(db, nowMs - NOTICES_SINCE_MS - DAY_MS),
  ]);
  const providers = new Map(all.map((provider) => [provider.slug, provider]));
  const zoneOf = (slug: string) => providers.get(slug)?.quotaDayZone ?? "UTC";
  const past = pastDays(kept, nowMs);
  const live = await listSpentNotices(db, past.sinceMs, MAX_NOTICES);
  const startOf = startsOf(zoneOf);
  const candidates = [
    ...live.filter(
      ({ provider, atMs }) => !past.starts.has(`${zoneOf(provider)} ${startOf(provider, atMs)}`),
    ),
    ...past.notices,
  ].sort((a, b) => b.atMs - a.atMs);
  const slugs = [...new Set(candidates.map(({ provider }) => provider))].filter((slug) =>
    providers.has(slug),
  );
  const keys = slugs.length === 0 ? [] : await listQuotaKeys(db, slugs, shownTo);
  const ids = new Set(keys.map(({ id }) => id));
  const notices = candidates.filter(({ keyId }) => ids.has(keyId)).slice(0, MAX_NOTICES);
  const models = [...new Map(notices.map((each) => [modelOf(each), each])).values()]
    .slice(0, MAX_MODELS)
    .map(
      ({ provider, model }): QuotaModel => ({
        provider,
        model,
        zone: zoneOf(provider),
        keys: keys.filter(
          (key) =>
            key.provider === provider && key.status === "active" && modelMatches(key.models, model),
        ),
      }),
    );
  const todays = models.flatMap(({ provider, model, zone, keys: own }) => {
    const fromMs = quotaDayStartMs(zone, nowMs);
    return own.map(({ id }) => ({ keyId: id, provider, model, zone, fromMs, toMs }));
  });
  const earlier = spentWindows(notices, zoneOf, nowMs);
  const counts = await countWindows(db, [...todays, ...earlier], kept);
  return { providers, models, todays, earlier, counts };
}

/** Uses stored counts: a window that starts like a stored count, and isn't shorter, continues where that ends. */
async function countWindows(
  db: ManageContext["db"],
  windows: readonly DayWindow[],
  kept: readonly KeptQuotaDay[],
): Promise<readonly number[]> {
  const known = new Map(
    kept.flatMap(({ fromMs, counts }) =>
      counts.map(([keyId, provider, model, toMs, answered]) => [
        `${fromMs} ${nameOf({ keyId, provider, model })}`,
        { toMs, answered },
      ]),
    ),
  );
  const parts = windows.map((window) => {
    const before = known.get(`${window.fromMs} ${nameOf(window)}`);
    if (before === undefined || before.toMs > window.toMs) return { answered: 0, rest: window };
    const { answered, toMs } = before;
    return { answered, rest: { ...window, fromMs: Math.ceil(toMs / HOUR_MS) * HOUR_MS } };
  });
  const rests = await countAnswers(
    db,
    parts.map(({ rest }) => rest),
  );
  return parts.map(({ answered }, index) => answered + (rests[index] ?? 0));
}

interface PastDays {
  /** Of `${zone} ${fromMs}`. */
  readonly starts: ReadonlySet<string>;
  readonly notices: readonly SpentNotice[];
  /** Since when notices must be read. */
  readonly sinceMs: number;
}

/** Past days that are stored: their counts include what was reported. */
function pastDays(kept: readonly KeptQuotaDay[], nowMs: number): PastDays {
  const firstMs = nowMs - NOTICES_SINCE_MS;
  const whole = ZONES.flatMap((zone) => daysOf(zone, nowMs)).flatMap((day) => {
    const own = kept.find(
      ({ zone, fromMs, throughMs }) =>
        zone === day.zone && fromMs === day.fromMs && throughMs >= day.toMs,
    );
    return [{ ...day, counts: own?.counts ?? null }];
  });
  const missing = whole.filter(({ counts }) => counts === null).map(({ fromMs }) => fromMs);
  return {
    starts: new Set(
      whole.filter(({ counts }) => counts !== null).map(({ zone, fromMs }) => `${zone} ${fromMs}`),
    ),
    notices: whole.flatMap(({ counts }) =>
      (counts ?? [])
        .filter(([, , , atMs]) => atMs >= firstMs)
        .map(([keyId, provider, model, atMs]) => ({ keyId, provider, model, atMs })),
    ),
    sinceMs: Math.max(firstMs, Math.min(...missing)),
  };
}

interface Day {
  readonly zone: Zone;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The days to which notices can belong, including today. */
function daysOf(zone: Zone, nowMs: number): readonly Day[] {
  const days: Day[] = [];
  let fromMs = quotaDayStartMs(zone, nowMs - NOTICES_SINCE_MS);
  while (fromMs <= nowMs) {
    const toMs = nextMidnightMs(zone, fromMs);
    days.push({ zone, fromMs, toMs });
    fromMs = toMs;
  }
  return days;
}

function modelOf({ provider, model }: { readonly provider: string; readonly model: string }) {
  return `${provider} ${model}`;
}

function nameOf({ keyId, provider, model }: Pick<AnswerWindow, "keyId" | "provider" | "model">) {
  return `${keyId} ${provider} ${model}`;
}

/** Looking up a time zone's clock is slow, and thousands of notices belong to about a hundred hours. */
function startsOf(zoneOf: (provider: string) => Zone) {
  const starts = new Map<string, number>();
  return (provider: string, atMs: number) => {
    const zone = zoneOf(provider);
    const hour = `${zone} ${Math.floor(atMs / HOUR_MS)}`;
    const known = starts.get(hour) ?? quotaDayStartMs(zone, atMs);
    starts.set(hour, known);
    return known;
  };
}

/**
 * The earlier days of each key and model on which the quota was used up, from their start until the last report of
 * that; the latest first, as many as a forecast uses.
 */
function spentWindows(
  notices: readonly SpentNotice[],
  zoneOf: (provider: string) => Zone,
  nowMs: number,
): DayWindow[] {
  const windows = new Map<string, DayWindow[]>();
  const startOf = startsOf(zoneOf);
  for (const { atMs, ...rest } of notices) {
    const fromMs = startOf(rest.provider, atMs);
    if (fromMs === startOf(rest.provider, nowMs)) continue;
    const own = windows.get(nameOf(rest)) ?? [];
    if (own.length === DAYS_REMEMBERED || own.some((window) => window.fromMs === fromMs)) continue;
    const window = { ...rest, zone: zoneOf(rest.provider), fromMs, toMs: atMs };
    windows.set(nameOf(rest), [...own, window]);
  }
  return [...windows.values()].flat();
}

function floorTo(ms: number, step: number): number {
  return Math.floor(ms / step) * step;
}
