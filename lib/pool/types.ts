/**
 * Plain data of the key pool. Times are epoch milliseconds.
 * @module
 */

import type { QuotaUnit } from "../providers/types";

export type KeyStatus = "active" | "blocked" | "disabled";

/** Stands for the model in a cooldown that rests a key for everything. */
export const EVERY_MODEL = "*";

/** What a rest holds for. "Every model" is no model's name: those come from clients, who may send any text. */
export type RestScope =
  | { readonly every: true }
  | { readonly every: false; readonly model: string };

/** The name under which a rest is kept, here and in the store: a model's own, or `EVERY_MODEL`. */
export function restName(scope: RestScope): string {
  if (scope.every) return EVERY_MODEL;
  return scope.model === EVERY_MODEL ? `=${EVERY_MODEL}` : scope.model;
}

/** Stands for the model of calls that name none (file uploads, model lists). */
export const NO_MODEL = "";

export interface Cooldown {
  readonly untilMs: number;
  /** A `Meaning` of `lib/providers/types.ts`, or `manual`. */
  readonly reason: string;
  /** Nobody told it: kept for people to see, while the limiter says when a request may go all the same. */
  readonly isGuess?: boolean;
}

/** Of a key that rests for no model: one for all such keys, since there may be very many. */
export const NO_COOLDOWNS: ReadonlyMap<string, Cooldown> = new Map();

/** Cooldowns that speak of an upstream account, whose keys share its quota. */
export function isOfTheDomain(reason: string): boolean {
  return (
    reason === "rate_limit_minute" || reason === "rate_limit_day" || reason === "out_of_credit"
  );
}

/** One provider key as the pool sees it. The pool owns the object and changes `status` and `cooldowns`. */
export interface PoolKey {
  readonly id: string;
  readonly provider: string;
  /** AES-GCM sealed key; opened only when an attempt is sent. */
  readonly sealed: string;
  /** For people: `sk-p…9fQ2`. */
  readonly masked: string;
  status: KeyStatus;
  /** 1 to 100: share of the picks among keys of the same priority. */
  readonly weight: number;
  /** 0 is used first; a higher number only when no lower one is ready. */
  readonly priority: number;
  /** Keys with the same domain share one upstream quota. */
  readonly quotaDomain: string | null;
  /** Models this key may serve (`*` is a wildcard); null for all. */
  readonly models: readonly string[] | null;
  /** Limits of this key alone; a key of a quota domain has the domain's instead. Null for none. */
  readonly limits: readonly LimitRule[] | null;
  /** By model name, or `EVERY_MODEL`. */
  cooldowns: ReadonlyMap<string, Cooldown>;
}

/** A limit that a key keeps to, for people. */
export interface KnownLimit {
  readonly unit: QuotaUnit;
  readonly limit: number;
  /** How long it takes until all of it is back; null where that is not known. */
  readonly windowMs: number | null;
  /** Set by a person, told by the provider's answers, or learnt from its refusals. */
  readonly source: "set" | "told" | "learnt";
  /** What it was learnt from; absent for what was set or told. */
  readonly learntFrom?: LearntFrom;
  /** Whether a request is on its way, or comes next, to see whether it still holds. */
  readonly isProbed?: boolean;
  readonly left: number;
}

/**
 * A refusal that gave a number; refusals at the same count again and again; what other keys were found to be
 * allowed; or this isolate's part of a quota that others use too.
 */
export type LearntFrom = "refusal" | "repetition" | "others" | "part";

/** Limits that a person set; null where there is none. */
export interface QuotaLimits {
  /** Requests a minute. */
  readonly rpm: number | null;
  /** Tokens a minute. */
  readonly tpm: number | null;
  /** In the provider's day. */
  readonly dailyRequests: number | null;
}

/** Limits for some models, each of which is counted by itself. */
export interface LimitRule extends QuotaLimits {
  /** A model's name; `*` stands for any characters. */
  readonly model: string;
}

/** What people set for the keys of one provider besides the keys' own rules. */
export interface PoolLimits {
  /** Of each of its keys. */
  readonly provider: readonly LimitRule[];
  /** By quota domain, for all of its keys together. */
  readonly domains: ReadonlyMap<string, readonly LimitRule[]>;
}

/** Who asks for quota, and with what right. */
export interface Claim {
  readonly tokenId: string;
  /** Above 0: share of the quota among those who want more than there is. */
  readonly weight: number;
  /** 0 is served first (interactive before batch). */
  readonly priority: number;
}
