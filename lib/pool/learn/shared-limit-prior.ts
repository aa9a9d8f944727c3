/**
 * What the domains of one pool were found to be allowed for one model, as an immutable value: the prior for those
 * that were not refused yet.
 * @module
 */
import type { QuotaSharing } from "./quota-sharing";
import { isLike } from "./unnumbered-refusals";

/** What so many domains show in a row is presumed of the rest. */
const COMMON = 3;
/** What the guard begins with, and grows by. */
export const GUARD = 1 / 250;
/** At most this part of a window, however often a request came too early. */
export const MAX_GUARD = 1 / 10;

/** Times are epoch milliseconds. */
export interface SharedPrior {
  /** Requests in a window; null while nothing was refused. */
  readonly limit: number | null;
  /** Whether `limit` is a part of a quota that others use too. */
  readonly isPart: boolean;
  /** Whether no refusal put `limit` into numbers. */
  readonly isSilent: boolean;
  /** Null while no refusal told when to come back. */
  readonly windowMs: number | null;
  /** The longest wait that a refusal in numbers told: windows are no shorter. */
  readonly leastSpanMs: number;
  /** The part of a window by which it is kept open longer: requests overtake each other on their way. */
  readonly guard: number;
  /** When the guard grew last. */
  readonly guardedMs: number;
  /** Whether a window was seen to slide, after a limit fell. */
  readonly slides: boolean;
  /** When a limit was found to have risen: what was learned before that is doubted. */
  readonly raisedMs: number;
  /** Whether some refusal put a limit into numbers. */
  readonly isInNumbers: boolean;
  /** The limit that was found last, and how often in a row. */
  readonly found: { readonly limit: number; readonly times: number } | null;
  /** Refusals in a row that came although less than the limit had been sent. */
  readonly partsInRow: number;
  /** A count that domains were refused at twice, with a rest between, and how many of them. */
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

/** The prior of one pool and model, where all of its domains find and change it. */
export class SharedLimitPrior {
  state = NO_PRIOR;
  /** How its domains are shared with other isolates; null where there are none. */
  sharing: QuotaSharing | null = null;

  /** Another isolate knows that windows last so long at least. */
  heardSpan(spanMs: number): void {
    if (spanMs > this.state.leastSpanMs) this.state = { ...this.state, leastSpanMs: spanMs };
  }
}

/** In a shorter window, what others tell comes too late. */
const LEAST_SHARED_MS = 12_000;

/** Whether windows last long enough for isolates to tell each other what they sent. */
export function isShareable({ leastSpanMs }: SharedPrior): boolean {
  return leastSpanMs >= LEAST_SHARED_MS;
}

/** What one more domain was found to be allowed: more is presumed of all at once, less when several agree. */
export function withFound(prior: SharedPrior, limit: number, nowMs: number): SharedPrior {
  const times = prior.found?.limit === limit ? prior.found.times + 1 : 1;
  const noted = { ...prior, partsInRow: 0, found: { limit, times } };
  if (prior.limit !== null && limit > prior.limit) return withRaised(noted, limit, nowMs);
  return times >= COMMON ? withPresumed(noted, limit) : noted;
}

/** The part of one more domain. Parts vary: what is presumed of others is one more than the largest. */
export function withPartFound(prior: SharedPrior, part: number): SharedPrior {
  const noted = { ...prior, partsInRow: prior.partsInRow + 1 };
  if (noted.partsInRow < COMMON) return noted;
  const largest = Math.max(prior.isPart ? (prior.limit ?? 0) : 0, part + 1);
  return { ...noted, limit: largest, isPart: true, isSilent: false };
}

/** One more domain was refused at a count, rested, and was refused again at it. */
export function withRefusedAgain(prior: SharedPrior, count: number): SharedPrior {
  const known = prior.refusedAgain;
  const isSame = known !== null && isLike(count, known.count);
  const least = isSame ? Math.min(count, known.count) : count;
  const domains = isSame ? known.domains + 1 : 1;
  const noted = { ...prior, refusedAgain: { count: least, domains } };
  if (domains < COMMON || (prior.limit !== null && !prior.isSilent)) return noted;
  return { ...withPresumed(noted, least), isSilent: true };
}

/** More came through than a limit lets that no refusal put into numbers: there is none. */
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
