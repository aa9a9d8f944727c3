const DAY_MS = 24 * 3_600_000;

/**
 * When a calendar day begins in a time zone, in epoch milliseconds; null if invalid.
 * @param day `2026-11-22`
 * @param offsetDays 1 for the following day
 */
export function dayStartMs(day: string, timeZone: string, offsetDays = 0): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  const utcMs = Date.parse(`${day}T00:00:00Z`) + offsetDays * DAY_MS;
  if (Number.isNaN(utcMs)) return null;
  // The zone's offset at that UTC time is at most one clock change away from the right one.
  const guessMs = utcMs - zoneOffsetMs(utcMs, timeZone);
  return utcMs - zoneOffsetMs(guessMs, timeZone);
}

/** How far clocks in the zone are ahead of UTC. */
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
