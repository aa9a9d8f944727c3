/**
 * What is known about one quota domain's limit for one model, as immutable values: what its own rejections taught, and
 * what the pool's domains have in common.
 * @module
 */
import type { SharedPrior } from "./shared-limit-prior";
import { isLike, type RefusalRow } from "./unnumbered-refusals";

export const MINUTE_MS = 60_000;

/** For this long, a domain's own rejection outweighs the limits found for other domains. */
const TRUST_MS = 10 * MINUTE_MS;
/** What others leave of a quota changes sooner than the quota. */
const PART_TRUST_MS = 3 * MINUTE_MS;
/** For this long, a limit that no rejection stated applies. */
const SILENT_TRUST_MS = 3 * MINUTE_MS;

/** A limit learned from this domain's own rejections. */
export interface OwnLimit {
  /** Requests per window. */
  readonly limit: number;
  /** Whether others use the quota too. */
  readonly isPart: boolean;
  /** Whether no rejection stated it. */
  readonly isSilent: boolean;
  /** When it was learned, in epoch milliseconds; earlier if it is to be trusted for a shorter time. */
  readonly atMs: number;
}

export interface OwnKnowledge {
  readonly limit: OwnLimit | null;
  /** The current series of rejections that stated no number. */
  readonly row: RefusalRow | null;
  /** Whether a person reset the domain: limits found for others don't apply until this one is rejected itself. */
  readonly isReset: boolean;
}

export interface Knowledge {
  readonly own: OwnKnowledge;
  readonly prior: SharedPrior;
}

/** For a domain that was never rejected: one shared object, because there may be very many. */
export const NOTHING_LEARNED: OwnKnowledge = { limit: null, row: null, isReset: false };

/** The limit that applies, in requests per window; null if unknown. */
export function believedLimit({ own, prior }: Knowledge, nowMs: number): number | null {
  const usual = own.isReset ? null : prior.limit;
  if (own.limit === null) return usual;
  const { limit, atMs } = own.limit;
  const isFresh = nowMs - atMs < TRUST_MS && atMs >= prior.raisedMs;
  return usual === null || isFresh ? limit : Math.max(limit, usual);
}

/** Whether others use the quota of this limit too. */
export function isPart({ own, prior }: Knowledge): boolean {
  return own.limit?.isPart ?? prior.isPart;
}

/** Whether no rejection stated this limit. */
export function isSilent({ own, prior }: Knowledge): boolean {
  return own.limit?.isSilent ?? prior.isSilent;
}

/** Whether this many requests in a window reach the limit. */
export function isAtLimit(taken: number, limit: number | null): limit is number {
  return limit !== null && (taken >= limit || isLike(taken, limit));
}

export function withLimit(knowledge: Knowledge, limit: number, atMs: number): Knowledge {
  return withOwn(knowledge, { limit, isPart: false, isSilent: false, atMs });
}

export function withPart(knowledge: Knowledge, limit: number, nowMs: number): Knowledge {
  const atMs = nowMs - TRUST_MS + PART_TRUST_MS;
  return withOwn(knowledge, { limit, isPart: true, isSilent: false, atMs });
}

export function withSilentLimit(knowledge: Knowledge, limit: number, nowMs: number): Knowledge {
  const atMs = nowMs - TRUST_MS + SILENT_TRUST_MS;
  return withOwn(knowledge, { limit, isPart: false, isSilent: true, atMs });
}

export function withoutLimit(knowledge: Knowledge): Knowledge {
  return withOwn(knowledge, null);
}

export function withRow(knowledge: Knowledge, row: RefusalRow | null): Knowledge {
  return { ...knowledge, own: { ...knowledge.own, row } };
}

function withOwn({ own, prior }: Knowledge, limit: OwnLimit | null): Knowledge {
  return { own: { ...own, limit }, prior };
}
