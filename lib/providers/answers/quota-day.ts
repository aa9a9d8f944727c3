/**
 * When daily and monthly quotas renew. Times are epoch milliseconds.
 * @module
 */
import type { Provider } from "../types";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Created on first use: its construction takes milliseconds, which a cold start should avoid. */
let pacificTime: Intl.DateTimeFormat | undefined;

/** The first midnight in `zone` after `nowMs`, whether or not the clocks change in between. */
export function nextMidnightMs(zone: Provider["quotaDayZone"], nowMs: number): number {
  if (zone === "UTC") return (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS;
  const localNow = nowMs + pacificOffsetMs(nowMs);
  const localMidnight = (Math.floor(localNow / DAY_MS) + 1) * DAY_MS;
  // The offset at that midnight counts; today's offset is off by at most an hour, and the clocks change at two in the
  // morning, so the second lookup is right.
  const nearMidnight = localMidnight - pacificOffsetMs(nowMs);
  return localMidnight - pacificOffsetMs(nearMidnight);
}

/** The start of the quota day that contains `nowMs`. */
export function quotaDayStartMs(zone: Provider["quotaDayZone"], nowMs: number): number {
  // No day is longer than 25 hours, so this midnight is past; the next one may be too.
  const midnightMs = nextMidnightMs(zone, nowMs - 26 * HOUR_MS);
  const followingMs = nextMidnightMs(zone, midnightMs);
  return followingMs <= nowMs ? followingMs : midnightMs;
}

/** Midnight UTC on the first of the month after `nowMs`. */
export function nextMonthMs(nowMs: number): number {
  const now = new Date(nowMs);
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
}

/** Local time minus UTC in Los Angeles at `atMs`: minus seven or eight hours. */
function pacificOffsetMs(atMs: number): number {
  pacificTime ??= new Intl.DateTimeFormat("en-US", {
    timeZone: "America/Los_Angeles",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const part = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of pacificTime.formatToParts(atMs)) {
    if (type in part) part[type as keyof typeof part] = Number(value);
  }
  const local = Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
  return local - Math.floor(atMs / 1000) * 1000;
}
