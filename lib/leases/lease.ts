/**
 * How isolates share a limit without asking for each request: each holds a lease of a number of permits and keeps its
 * own use within it, so that all together keep within the limit. Pure arithmetic over what isolates reported; it can
 * run anywhere, in an object that all ask or in each isolate over rows of D1.
 *
 * An isolate may use a small part of a limit without a lease (`freeUse`), so that limits far from full cost nothing.
 * Its possible use is taken into account for a moment after a limit comes into demand.
 *
 * | an isolate that                            | counts as                                               |
 * | ------------------------------------------ | ------------------------------------------------------- |
 * | reported, lease still active               | its permits, or what it had used if that is more        |
 * | is silent since its lease ended, a window  | the same for one more window: it may have used them all |
 * | is silent, concurrent requests             | the same until it is considered dead (`LOST_MS`)        |
 * | gave its permits back                      | what it had used, for one window                        |
 * @module
 */
import { type Demand, fairShare } from "./fair-share";

/** How long permits may be used after they were granted. */
export const LEASE_MS = 15_000;
/** An isolate that is silent for this long no longer counts as holding permits for concurrent requests. */
export const LOST_MS = 120_000;
/** For this long after a limit came into demand, isolates may use it that haven't reported yet. */
export const YOUNG_MS = 1_000;
/** The number of isolates assumed that haven't reported anything. */
const USUAL_ISOLATES = 8;
/** An amount not worth asking for twice. */
const LITTLE = 2;

export interface SharedLimit {
  /** The same in all isolates. */
  readonly name: string;
  /** What all together may use: a whole number of requests, tokens or 1e-9 US dollars. */
  readonly limit: number;
  /** In any window of this length; null: at the same time. */
  readonly windowMs: number | null;
}

/** What an isolate reports about its use of a limit. */
export interface Report {
  readonly isolate: string;
  /** The most it may use in a window, or at the same time; 0: it gave everything back. */
  readonly permits: number;
  /** What it uses: in the window that ends now, or right now. */
  readonly used: number;
  /** What it would use if it could. */
  readonly demand: number;
  /** The most that one of its requests needs at once: with less, it can send nothing. */
  readonly unit: number;
  /** How much of `used` its requests in progress may not need after all. */
  readonly mayReturn: number;
  /** Since when it has been in demand there, in epoch milliseconds. */
  readonly sinceMs: number;
  /** When it reported, in epoch milliseconds. */
  readonly atMs: number;
}

export interface Grant {
  readonly permits: number;
  /** What counts as held by it until it asks again; more than `permits` if it held more when it asked. */
  readonly noted: number;
  /** Whether all that is left goes to one isolate at a time, because an even share is too little for one request. */
  readonly isWhole: boolean;
  /** What the others hold or may have used. */
  readonly heldByOthers: number;
  /** What the others reported as used. */
  readonly usedByOthers: number;
  /** How much of that they may give back. */
  readonly returnedByOthers: number;
  /** Isolates that use the limit, including this one. */
  readonly isolates: number;
  /**
   * When more may be available because no other isolate has come, in epoch milliseconds; 0 if that isn't the reason.
   */
  readonly youngUntilMs: number;
}

/**
 * What an isolate gets beyond its demand: an even part of what none demands, with one part left for the next isolate,
 * and at most what it needs for twice its use.
 */
function headroom(limit: number, unwanted: number, demand: number, isolates: number): number {
  const least = freeUse(limit, isolates) === 0 ? 0 : Math.min(unwanted, LITTLE);
  const part = Math.max(Math.floor(unwanted / (isolates + 1)), least);
  return Math.min(part, Math.max(demand, freeUse(limit, isolates), least));
}

/** What an isolate may use without a lease. @param isolates The number known to use the limit. */
export function freeUse(limit: number, isolates: number): number {
  return Math.floor(limit / (2 * Math.max(USUAL_ISOLATES, isolates)));
}

/** What an isolate may be using according to its last report. */
export function heldBy(report: Report, windowMs: number | null, nowMs: number): number {
  const ageMs = nowMs - report.atMs;
  if (windowMs === null) return ageMs < LOST_MS ? Math.max(report.permits, report.used) : 0;
  if (report.permits === 0) return ageMs < windowMs ? report.used : 0;
  return ageMs < LEASE_MS + windowMs ? Math.max(report.permits, report.used) : 0;
}

/** An isolate that asks for a lease. */
export interface LeaseAsk extends Report {
  /** Whether it had all that was left until now: then it is another isolate's turn. */
  readonly hadWhole: boolean;
}

/**
 * The permits of the requesting isolate: its fair share if demand exceeds the limit, or all that is left, in turns, if
 * such a share is too little for one request; otherwise what it asks for and some of the spare permits. Never more than
 * is left.
 * @param ask Its own report.
 * @param others The last report of each other isolate.
 */
export function grant(
  { name, limit, windowMs }: SharedLimit,
  ask: LeaseAsk,
  others: Iterable<Report>,
  nowMs: number,
): Grant {
  let heldByOthers = 0;
  let usedByOthers = 0;
  let returnedByOthers = 0;
  let isolates = 1;
  let { sinceMs } = ask;
  let wanted = ask.demand;
  let unit = ask.unit;
  const demands: Demand[] = [ask];
  for (const other of others) {
    if (other.isolate === ask.isolate) continue;
    const held = heldBy(other, windowMs, nowMs);
    if (held === 0 && other.demand === 0) continue;
    heldByOthers += held;
    usedByOthers += Math.min(held, other.used);
    returnedByOthers += Math.min(held, other.mayReturn);
    if (nowMs - other.atMs >= LEASE_MS) continue;
    isolates += 1;
    sinceMs = Math.min(sinceMs, other.sinceMs);
    wanted += other.demand;
    if (other.demand > 0) unit = Math.max(unit, other.unit);
    demands.push(other);
  }
  const isYoung = nowMs - sinceMs < YOUNG_MS;
  const unreported = isYoung
    ? freeUse(limit, isolates) * Math.max(0, USUAL_ISOLATES - isolates)
    : 0;
  const rivals = demands.filter(({ demand }) => demand > 0).length;
  const isWhole =
    wanted >= limit && rivals > 1 && Math.floor(limit / rivals) < Math.min(unit, limit);
  let target = ask.demand;
  if (isWhole) target = ask.hadWhole ? 0 : ask.demand;
  else if (wanted >= limit) target = fairShare(name, limit, demands, ask.isolate);
  else if (ask.demand > 0) target += headroom(limit, limit - wanted, ask.demand, isolates);
  const left = Math.floor(limit - heldByOthers - unreported);
  const permits = Math.max(0, Math.min(target, left));
  return {
    permits,
    noted: permits,
    isWhole,
    heldByOthers,
    usedByOthers,
    returnedByOthers,
    isolates,
    youngUntilMs: unreported > 0 && left < target ? sinceMs + YOUNG_MS : 0,
  };
}
