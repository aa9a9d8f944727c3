const DAY_MS = 24 * 3_600_000;

/**
 * When a calendar day begins in a time zone, as epoch milliseconds; null for what is no day.
 * @param day `2026-11-22`
 * @param offsetDays 1 for the day after
 */
export function dayStartMs(day: string, timeZone: string, offsetDays = 0): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  const utcMs = Date.parse(`${day}T00:00:00Z`) + offsetDays * DAY_MS;
  if (Number.isNaN(utcMs)) return null;
  // The zone's offset at that moment in UTC is at most one change of clocks away from the right one.
  const guessMs = utcMs - zoneOffsetMs(utcMs, timeZone);
  return utcMs - zoneOffsetMs(guessMs, timeZone);
}

/** What clocks in the zone are ahead of UTC by. */
function zoneOffsetMs(atMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(atMs);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((each) => each.type === type)?.value);
  const clockMs = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
  return clockMs - Math.floor(atMs / 1_000) * 1_000;
}
