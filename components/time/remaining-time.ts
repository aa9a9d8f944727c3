const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * How long until a time, in its two largest units: `3d 4h`, `2h 5m`, `4m 10s`, `9s`. Seconds are rounded up, so that
 * the last one shown is 1 and nothing is over while it still shows more than 0.
 */
export function remainingTime(ms: number, locale: string): string {
  const left = Math.max(0, Math.ceil(ms / SECOND_MS) * SECOND_MS);
  const days = Math.floor(left / DAY_MS);
  const hours = Math.floor((left % DAY_MS) / HOUR_MS);
  const minutes = Math.floor((left % HOUR_MS) / MINUTE_MS);
  const seconds = Math.floor((left % MINUTE_MS) / SECOND_MS);
  const write = (count: number, unit: string) =>
    new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "narrow" }).format(count);
  if (days > 0) return `${write(days, "day")} ${write(hours, "hour")}`;
  if (hours > 0) return `${write(hours, "hour")} ${write(minutes, "minute")}`;
  if (minutes > 0) return `${write(minutes, "minute")} ${write(seconds, "second")}`;
  return write(seconds, "second");
}
