/**
 * Estimates how long a model's daily quota will last today. Providers rarely report a quota, so the best evidence is
 * how much a key had served when it was reported that its daily quota was used up. Every number names its source.
 * @module
 */

/** A day of one key and model that ended with the provider's report that the daily quota is used up. */
export interface SpentDay {
  /** Requests that the key served for the model since its quota day began. */
  readonly answered: number;
}

/** One key that may serve the model today. */
export interface KeyDay {
  /** Served since the quota day began. */
  readonly answered: number;
  /** Whether the provider has reported that today's quota is used up. */
  readonly isSpent: boolean;
  /** The key's own earlier days on which its quota was used up, the latest first. */
  readonly spentDays: readonly SpentDay[];
}

/**
 * - `learnt`: from days on which this key's quota was used up, including today
 * - `guessed`: from other keys of the same model
 * - `unknown`: no key of the model ever used up its quota
 */
export type QuotaSource = "learnt" | "guessed" | "unknown";

export interface Forecast {
  /** Requests that the model's keys may serve per day, and those left until the reset; null if unknown. */
  readonly quota: number | null;
  readonly left: number | null;
  /** How many keys' quotas are known from which source. */
  readonly keys: Readonly<Record<QuotaSource, number>>;
  /** When the quota renews. */
  readonly resetMs: number;
  /** When nothing is left, at this rate; null if that isn't before the reset, or unknown. */
  readonly dryMs: number | null;
  /** What is left from now to the reset, as straight lines between these points; empty if unknown. */
  readonly burnDown: readonly BurnDownPoint[];
}

export interface BurnDownPoint {
  readonly atMs: number;
  readonly left: number;
}

export interface ForecastInput {
  readonly keys: readonly KeyDay[];
  /** Recent responses of the model, by all keys. */
  readonly requestsPerHour: number;
  readonly nowMs: number;
  readonly resetMs: number;
}

const HOUR_MS = 3_600_000;
/** The number of a key's latest used-up days that count: quotas change, and older ones say little. */
export const DAYS_REMEMBERED = 5;

export function forecastQuota({ keys, requestsPerHour, nowMs, resetMs }: ForecastInput): Forecast {
  const learnt = keys.map(learntQuota);
  const guess = median(learnt.filter((quota) => quota !== null));
  const counts = { learnt: 0, guessed: 0, unknown: 0 };
  let quota = 0;
  let left = 0;
  for (const [index, key] of keys.entries()) {
    const own = learnt[index] ?? null;
    if (own !== null) counts.learnt += 1;
    else if (guess !== null) counts.guessed += 1;
    else counts.unknown += 1;
    const keyQuota = own ?? guess ?? 0;
    quota += Math.max(keyQuota, key.answered);
    // A key that serves beyond what was learned has shown it to be too low: it may end at any moment.
    left += key.isSpent ? 0 : Math.max(0, keyQuota - key.answered);
  }
  if (guess === null) {
    return { quota: null, left: null, keys: counts, resetMs, dryMs: null, burnDown: [] };
  }
  const dryMs = dryAt(left, requestsPerHour, nowMs);
  const isDryBeforeReset = dryMs !== null && dryMs < resetMs;
  return {
    quota,
    left,
    keys: counts,
    resetMs,
    dryMs: isDryBeforeReset ? dryMs : null,
    burnDown: isDryBeforeReset
      ? [
          { atMs: nowMs, left },
          { atMs: dryMs, left: 0 },
          { atMs: resetMs, left: 0 },
        ]
      : [
          { atMs: nowMs, left },
          { atMs: resetMs, left: left - (requestsPerHour * (resetMs - nowMs)) / HOUR_MS },
        ],
  };
}

/** Today's report is the most recent; otherwise the median of earlier days. */
function learntQuota({ answered, isSpent, spentDays }: KeyDay): number | null {
  if (isSpent) return answered;
  return median(spentDays.slice(0, DAYS_REMEMBERED).map((day) => day.answered));
}

function dryAt(left: number, requestsPerHour: number, nowMs: number): number | null {
  if (left === 0) return nowMs;
  return requestsPerHour > 0 ? nowMs + Math.round((left / requestsPerHour) * HOUR_MS) : null;
}

/** Null for none; the lower middle of an even number, so that quota isn't overestimated. */
function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length / 2) - 1] ?? null;
}
