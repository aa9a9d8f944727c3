/**
 * Figures as displayed. Null is unknown, and shown as a dash.
 * @module
 */

/** Shown for unknown values; the place that shows it explains why. */
export const UNKNOWN = "–";

/** `950`, `12.4K`, `3.1M`. K and M in every language, as in the providers' own price lists. */
export function formatCount(count: number | null): string {
  if (count === null) return UNKNOWN;
  return new Intl.NumberFormat("en", {
    notation: "compact",
    maximumFractionDigits: Math.abs(count) < 1_000 ? 0 : 1,
  }).format(count);
}

/** Every digit, grouped: `12,431`. */
export function formatExactCount(count: number | null): string {
  return count === null ? UNKNOWN : new Intl.NumberFormat("en").format(count);
}

/** Smaller amounts are of no interest by themselves. */
const LEAST_USD = 0.0001;

/**
 * `$0.0032`, `$0.41`, `$1,204.50`: cents, and below ten cents two significant digits. Less than a hundredth of a cent is
 * `<$0.0001`; `exactUsd` says how much.
 */
export function formatUsd(usd: number | null): string {
  if (usd === null) return UNKNOWN;
  if (usd > 0 && usd < LEAST_USD) return `<$${LEAST_USD}`;
  const isTiny = usd !== 0 && Math.abs(usd) < 0.095;
  return new Intl.NumberFormat("en", {
    style: "currency",
    currency: "USD",
    ...(isTiny ? { maximumSignificantDigits: 2 } : { minimumFractionDigits: 2 }),
  }).format(usd);
}

/** All digits, for the title of what `formatUsd` shows; undefined if unknown. */
export function exactUsd(usd: number | null): string | undefined {
  if (usd === null) return undefined;
  return new Intl.NumberFormat("en", {
    style: "currency",
    currency: "USD",
    maximumFractionDigits: 12,
  }).format(usd);
}

/** `0.4 ms`, `820 ms`, `1.24 s`, `48 s`, `3 min 20 s`. */
export function formatDuration(ms: number | null): string {
  if (ms === null) return UNKNOWN;
  if (ms < 1) return `${round(ms, 1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 10) return `${round(seconds, 2)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const wholeSeconds = Math.round(seconds);
  const rest = wholeSeconds % 60;
  return rest === 0
    ? `${Math.floor(wholeSeconds / 60)} min`
    : `${Math.floor(wholeSeconds / 60)} min ${rest} s`;
}

/** A share from 0 to 1: `0%`, `<0.1%`, `99.2%`, `100%`. Never rounds to 0 % or 100 %. */
export function formatShare(share: number | null): string {
  if (share === null) return UNKNOWN;
  if (share > 0 && share < 0.001) return "<0.1%";
  if (share < 1 && share > 0.999) return ">99.9%";
  return `${round(share * 100, 1)}%`;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
