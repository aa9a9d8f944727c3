/**
 * What is known of one quota domain's limit at one model, as immutable values: what its own refusals taught, and
 * what the domains of the pool were found to have in common.
 * @module
 */
import type { SharedPrior } from "./shared-limit-prior";
import { isLike, type RefusalRow } from "./unnumbered-refusals";

export const MINUTE_MS = 60_000;

/** What a domain's own refusal taught is believed for this long against what others were found to be allowed. */
const TRUST_MS = 10 * MINUTE_MS;
/** What others leave of a quota changes sooner than the quota. */
const PART_TRUST_MS = 3 * MINUTE_MS;
/** What no refusal put into numbers is believed for this long. */
const SILENT_TRUST_MS = 3 * MINUTE_MS;

/** A limit that was learned of this domain itself. */
export interface OwnLimit {
  /** Requests in a window. */
  readonly limit: number;
  /** Whether others use the quota too. */
  readonly isPart: boolean;
  /** Whether no refusal put it into numbers. */
  readonly isSilent: boolean;
  /** When it was learned (epoch milliseconds), or long before, where it shall be believed for less long. */
  readonly atMs: number;
}

export interface OwnKnowledge {
  readonly limit: OwnLimit | null;
  /** Refusals in a row that told no number. */
  readonly row: RefusalRow | null;
  /** A person reset the domain: what others were found to be allowed says nothing until it is refused itself. */
  readonly isReset: boolean;
}

export interface Knowledge {
  readonly own: OwnKnowledge;
  readonly prior: SharedPrior;
}

/** Of a domain that was never refused: one for all, since there may be very many. */
export const NOTHING_LEARNED: OwnKnowledge = { limit: null, row: null, isReset: false };

/** The limit to keep to, in requests a window; null where none is known. */
export function believedLimit({ own, prior }: Knowledge, nowMs: number): number | null {
  const usual = own.isReset ? null : prior.limit;
  if (own.limit === null) return usual;
  const { limit, atMs } = own.limit;
  const isFresh = nowMs - atMs < TRUST_MS && atMs >= prior.raisedMs;
  return usual === null || isFresh ? limit : Math.max(limit, usual);
}

/** Whether others use the quota of the believed limit too. */
export function isPart({ own, prior }: Knowledge): boolean {
  return own.limit?.isPart ?? prior.isPart;
}

/** Whether no refusal put the believed limit into numbers. */
export function isSilent({ own, prior }: Knowledge): boolean {
  return own.limit?.isSilent ?? prior.isSilent;
}

/** Whether so many requests of a window are as many as the believed limit. */
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
