/**
 * Plain data of the key pool. Times are epoch milliseconds.
 * @module
 */

import type { QuotaUnit } from "../providers/types";

export type KeyStatus = "active" | "blocked" | "disabled";

/** Stands for the model in a cooldown that rests a key for everything. */
export const EVERY_MODEL = "*";

/** Stands for the model of calls that name none (file uploads, model lists). */
export const NO_MODEL = "";

export interface Cooldown {
  readonly untilMs: number;
  /** A `Meaning` of `lib/providers/types.ts`, or `manual`. */
  readonly reason: string;
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
  /** By model name, or `EVERY_MODEL`. */
  cooldowns: ReadonlyMap<string, Cooldown>;
}

/** One quota, and what has been taken from it. */
export interface Meter {
  readonly unit: QuotaUnit;
  /**
   * When an amount may be taken: epoch milliseconds, 0 for now. An amount above the whole quota asks for all
   * of it.
   */
  readyAtMs(amount: number, nowMs: number): number;
  take(amount: number, nowMs: number): void;
  /** What it lets through in the long run, a millisecond; infinite where that is not known. */
  readonly perMs: number;
}

/** Limits that a person set for keys, each of them for every model by itself; null where there is none. */
export interface QuotaLimits {
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
  readonly requestsPerDay: number | null;
}

/** The limits of one provider's keys: a key's own go before its domain's, and those before the provider's. */
export interface PoolLimits {
  readonly provider: QuotaLimits | null;
  /** By quota domain. */
  readonly domains: ReadonlyMap<string, QuotaLimits>;
  /** By key id; for keys that share a domain, the domain's count. */
  readonly keys: ReadonlyMap<string, QuotaLimits>;
  /** When the provider's day ends next. */
  nextMidnightMs(nowMs: number): number;
}

/** Who asks for quota, and with what right. */
export interface Claim {
  readonly tokenId: string;
  /** Above 0: share of the quota among those who want more than there is. */
  readonly weight: number;
  /** 0 is served first (interactive before batch). */
  readonly priority: number;
}
