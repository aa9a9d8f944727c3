/**
 * The configured limits of one domain for one model.
 * @module
 */
import type { QuotaLimits } from "../types";
import { DailyQuota } from "./daily-quota";
import type { Limit } from "./limit";
import type { SendLog } from "./send-log";
import { SlidingWindowLog } from "./sliding-window-log";

const MINUTE_MS = 60_000;
/** As for learned limits: the provider counts a request when it arrives, not when it is sent. */
const GUARD_MS = MINUTE_MS / 250;
const NO_LIMITS: QuotaLimits = { rpm: null, tpm: null, dailyRequests: null };

/** One shared object for all without limits, because there may be very many. */
export const NO_SET_LIMITS: readonly Limit[] = [];

/**
 * Replaces known limits by others; what was counted against them keeps counting.
 * @param limits Null for none.
 * @param requests The log of the domain's requests, which keeps as many as a request limit needs.
 * @param usedToday The least that was used of the provider's day.
 * @param nextMidnightMs The end of the day that contains a time.
 */
export function setLimits(
  known: readonly Limit[],
  limits: QuotaLimits | null,
  requests: SendLog,
  usedToday: number,
  nextMidnightMs: (nowMs: number) => number,
  nowMs: number,
): readonly Limit[] {
  const { rpm, tpm, dailyRequests } = limits ?? NO_LIMITS;
  const set: Limit[] = [];
  requests.least = rpm ?? 0;
  if (rpm !== null) {
    set.push(new SlidingWindowLog("requests", rpm, MINUTE_MS, requests, GUARD_MS));
  }
  if (tpm !== null) {
    const tokens = known.find(({ unit }) => unit === "tokens");
    const isSame = tokens instanceof SlidingWindowLog && tokens.limit === tpm;
    set.push(isSame ? tokens : new SlidingWindowLog("tokens", tpm, MINUTE_MS));
  }
  if (dailyRequests !== null) {
    const daily = known.find((limit) => limit instanceof DailyQuota);
    const day = daily ?? new DailyQuota(dailyRequests, nextMidnightMs, nowMs);
    day.limit = dailyRequests;
    day.noteUsed(usedToday, nowMs);
    set.push(day);
  }
  // The copy has no spare capacity, because many keys have one.
  return set.length === 0 ? NO_SET_LIMITS : set.slice();
}
