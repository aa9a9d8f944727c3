/**
 * What a month will cost, from what its days have cost so far. Days and months are UTC, as budgets count them.
 * @module
 */
import { DAY_MS } from "../rollup";

export interface MonthCost {
  /** Since the month began, including today. */
  readonly toDate: number;
  /** At the month's end, at the rate of the last days; null before a day is over. */
  readonly forecast: number | null;
}

/** The number of finished days whose average is expected of the days to come: whole weeks have the same weekends. */
export const RATE_DAYS = 7;

export interface MonthInput {
  readonly nowMs: number;
  /** Cost by the start of the day; days without an entry cost nothing. In any unit. */
  readonly byDay: ReadonlyMap<number, number>;
  /** The start of the first day that was counted at all: days before it say nothing about the rate. */
  readonly countedFromMs: number;
}

/** The days of a month that matter, in epoch milliseconds. */
export function monthOf(nowMs: number): {
  readonly startMs: number;
  readonly endMs: number;
  readonly todayMs: number;
} {
  const now = new Date(nowMs);
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  return {
    startMs: Date.UTC(year, month, 1),
    endMs: Date.UTC(year, month + 1, 1),
    todayMs: Math.floor(nowMs / DAY_MS) * DAY_MS,
  };
}

/**
 * The rest of the month, with the rest of today, is expected to cost as much per day as the last finished days did,
 * last month's included: at a month's beginning there are no others.
 */
export function forecastMonth({ nowMs, byDay, countedFromMs }: MonthInput): MonthCost {
  const { startMs, endMs, todayMs } = monthOf(nowMs);
  const toDate = sumDays(byDay, startMs, todayMs + DAY_MS);
  const rateFromMs = Math.max(todayMs - RATE_DAYS * DAY_MS, countedFromMs);
  const days = (todayMs - rateFromMs) / DAY_MS;
  if (days < 1) return { toDate, forecast: null };
  const perDay = sumDays(byDay, rateFromMs, todayMs) / days;
  return { toDate, forecast: toDate + (perDay * (endMs - nowMs)) / DAY_MS };
}

function sumDays(byDay: ReadonlyMap<number, number>, fromMs: number, toMs: number): number {
  let sum = 0;
  for (const [dayMs, cost] of byDay) if (dayMs >= fromMs && dayMs < toMs) sum += cost;
  return sum;
}
