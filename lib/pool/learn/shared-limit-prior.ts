/**
 * What was found about the limits of a pool's domains for one model, as an immutable value: the prior for domains that
 * weren't rejected yet.
 * @module
 */
import type { QuotaSharing } from "./quota-sharing";
import { isLike } from "./unnumbered-refusals";

/** After this many consecutive domains agree on a limit, it is assumed for domains not seen yet. */
const COMMON = 3;
/** The guard's initial value, and its increment. */
export const GUARD = 1 / 250;
/** The guard's maximum, as a part of a window. */
export const MAX_GUARD = 1 / 10;

/** Times are epoch milliseconds. */
export interface SharedPrior {
  /** Requests per window; null if nothing was rejected. */
  readonly limit: number | null;
  /** Whether `limit` is the share of a quota that others use too. */
  readonly isPart: boolean;
  /** Whether no rejection stated `limit`. */
  readonly isSilent: boolean;
  /** Null if no rejection reported a retry time. */
  readonly windowMs: number | null;
  /** The longest wait that a rejection with a number reported: windows aren't shorter. */
  readonly leastSpanMs: number;
  /** The part of a window by which it is kept open longer, because requests can overtake each other on the way. */
  readonly guard: number;
  /** When the guard last grew. */
  readonly guardedMs: number;
  /** Whether a window was seen to slide, after a limit decreased. */
  readonly slides: boolean;
  /** When a limit was found to have risen: anything learned before is outdated. */
  readonly raisedMs: number;
  /** Whether any rejection stated a limit. */
  readonly isInNumbers: boolean;
  /** The last limit found, and how many times in a row. */
  readonly found: { readonly limit: number; readonly times: number } | null;
  /** Consecutive rejections below the known limit. */
  readonly partsInRow: number;
  /** A count at which domains were rejected twice, with a cooldown in between, and how many domains. */
  readonly refusedAgain: { readonly count: number; readonly domains: number } | null;
}

export const NO_PRIOR: SharedPrior = {
  limit: null,
  isPart: false,
  isSilent: false,
  windowMs: null,
  leastSpanMs: 0,
  guard: GUARD,
  guardedMs: 0,
  slides: false,
  raisedMs: 0,
  isInNumbers: false,
  found: null,
  partsInRow: 0,
  refusedAgain: null,
};

/** The prior of one pool and model, which all of its domains read and update. */
export class SharedLimitPrior {
  state = NO_PRIOR;
  /** How its quotas are shared with other isolates; null if there are none. */
  sharing: QuotaSharing | null = null;

  /** Another isolate found that windows last at least this long. */
  raiseLeastSpan(spanMs: number): void {
    if (spanMs > this.state.leastSpanMs) this.state = { ...this.state, leastSpanMs: spanMs };
  }
}

/** In shorter windows, other isolates' reports come too late. */
const LEAST_SHARED_MS = 12_000;

/** Whether windows are long enough for isolates to report to each other what they sent. */
export function isShareable({ leastSpanMs }: SharedPrior): boolean {
  return leastSpanMs >= LEAST_SHARED_MS;
}

/**
 * Records one more domain's limit. A higher limit is assumed for all domains immediately, a lower one only once several
 * agree.
 */
export function withFound(prior: SharedPrior, limit: number, nowMs: number): SharedPrior {
  const times = prior.found?.limit === limit ? prior.found.times + 1 : 1;
  const noted = { ...prior, partsInRow: 0, found: { limit, times } };
  if (prior.limit !== null && limit > prior.limit) return withRaised(noted, limit, nowMs);
  return times >= COMMON ? withPresumed(noted, limit) : noted;
}

/** Records one more domain's share. Shares vary, so one more than the largest is assumed for the others. */
export function withPartFound(prior: SharedPrior, part: number): SharedPrior {
  const noted = { ...prior, partsInRow: prior.partsInRow + 1 };
  if (noted.partsInRow < COMMON) return noted;
  const largest = Math.max(prior.isPart ? (prior.limit ?? 0) : 0, part + 1);
  return { ...noted, limit: largest, isPart: true, isSilent: false };
}

/** Records that one more domain was rejected at a count, cooled down, and was rejected at it again. */
export function withRefusedAgain(prior: SharedPrior, count: number): SharedPrior {
  const known = prior.refusedAgain;
  const isSame = known !== null && isLike(count, known.count);
  const least = isSame ? Math.min(count, known.count) : count;
  const domains = isSame ? known.domains + 1 : 1;
  const noted = { ...prior, refusedAgain: { count: least, domains } };
  if (domains < COMMON || (prior.limit !== null && !prior.isSilent)) return noted;
  return { ...withPresumed(noted, least), isSilent: true };
}

/** More was accepted than a limit that no rejection stated: there is no such limit. */
export function withDisproof(prior: SharedPrior): SharedPrior {
  const noted = { ...prior, refusedAgain: null };
  return prior.isSilent ? { ...noted, limit: null, isSilent: false } : noted;
}

export function withRaised(prior: SharedPrior, limit: number, nowMs: number): SharedPrior {
  return { ...withPresumed(prior, limit), raisedMs: nowMs };
}

function withPresumed(prior: SharedPrior, limit: number): SharedPrior {
  return { ...prior, limit, isPart: false, isSilent: false };
}
