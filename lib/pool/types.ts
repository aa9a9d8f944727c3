/**
 * Plain data of the key pool. Times are epoch milliseconds.
 * @module
 */

import type { QuotaUnit } from "../providers/types";

/** `usd` is counted in 1e-9 US dollars, `concurrent` in concurrent requests. */
export type LimitUnit = QuotaUnit | "usd" | "concurrent";

export type KeyStatus = "active" | "blocked" | "disabled";

/** Stands for the model in a cooldown for every model. */
export const EVERY_MODEL = "*";

/** What a cooldown applies to. "Every model" isn't a model name: those come from clients, who can send any text. */
export type CooldownTarget =
  | { readonly every: true }
  | { readonly every: false; readonly model: string };

/** The name under which a cooldown is stored: a model's own, or `EVERY_MODEL`. */
export function cooldownName(scope: CooldownTarget): string {
  if (scope.every) return EVERY_MODEL;
  return scope.model === EVERY_MODEL ? `=${EVERY_MODEL}` : scope.model;
}

/** Stands for the model of requests that name none (file uploads, model lists). */
export const NO_MODEL = "";

export interface Cooldown {
  readonly untilMs: number;
  /** A `Meaning` of `lib/providers/types.ts`, a `CapReason`, or `manual`. */
  readonly reason: string;
  /** Whether the end is a guess: shown to people, but the rate limiter decides when a request may be sent. */
  readonly isGuess?: boolean;
}

/** The empty map, shared by all keys without a cooldown, because there may be very many. */
export const NO_COOLDOWNS: ReadonlyMap<string, Cooldown> = new Map();

/** Reasons of cooldowns that concern an account, whose keys share its quota. */
export function isOfTheDomain(reason: string): boolean {
  return (
    reason === "rate_limit_minute" || reason === "rate_limit_day" || reason === "out_of_credit"
  );
}

/** One provider key as the pool sees it. The pool owns the object and changes `status` and `cooldowns`. */
export interface PoolKey {
  readonly id: string;
  readonly provider: string;
  /** The AES-GCM encrypted key; decrypted only when an attempt is sent. */
  readonly sealed: string;
  /** Shown to people: `sk-p…9fQ2`. */
  readonly masked: string;
  status: KeyStatus;
  /** 1 to 100: share of the picks among keys of the same priority. */
  readonly weight: number;
  /** 0 is used first; a higher number only when no lower one is ready. */
  readonly priority: number;
  /** Keys with the same domain share one upstream quota. */
  readonly quotaDomain: string | null;
  /** Models this key can serve (`*` is a wildcard); null for all. */
  readonly models: readonly string[] | null;
  /** Limits of this key alone; a key of a quota domain has the domain's instead. Null for none. */
  readonly limits: readonly LimitRule[] | null;
  /** Caps of this key alone, even in a quota domain; absent for none. */
  readonly caps?: KeyCapValues;
  /** By model name, or `EVERY_MODEL`. */
  cooldowns: ReadonlyMap<string, Cooldown>;
}

/** The most that one key may be used, whatever the model; null for no cap. Days and months are UTC. */
export interface KeyCapValues {
  /** Concurrent requests. */
  readonly concurrentRequests: number | null;
  readonly dailyCostUsd: number | null;
  readonly monthlyCostUsd: number | null;
}

/** Why a key that reached a cap is in cooldown. */
export type CapReason = "cost_day" | "cost_month";

/** Which cap blocks a key. */
export type CapKind = CapReason | "concurrent";

/** Whether the reason of a cooldown is a cap. */
export function isCap(reason: string): reason is CapReason {
  return reason === "cost_day" || reason === "cost_month";
}

/** A limit that applies to a key, shown to people. */
export interface KnownLimit {
  readonly unit: LimitUnit;
  readonly limit: number;
  /** How long it takes until the whole limit is available again; null if unknown. */
  readonly windowMs: number | null;
  /** Configured by a person, reported in responses, or learned from rejections. */
  readonly source: "set" | "told" | "learnt";
  /** How it was learned; absent for configured and reported limits. */
  readonly learntFrom?: LearnedFrom;
  /** Whether a probe is in progress or due, to check if the limit still applies. */
  readonly isProbed?: boolean;
  readonly left: number;
}

/**
 * A rejection that stated a number; repeated rejections at the same count; limits found for other keys; or this
 * isolate's share of a quota that others use too.
 */
export type LearnedFrom = "refusal" | "repetition" | "others" | "part";

/** Configured limits; null for none. */
export interface QuotaLimits {
  /** Requests per minute. */
  readonly rpm: number | null;
  /** Tokens per minute. */
  readonly tpm: number | null;
  /** Per day of the provider. */
  readonly dailyRequests: number | null;
}

/** Limits for some models, each of which is counted separately. */
export interface LimitRule extends QuotaLimits {
  /** A model's name; `*` matches any characters. */
  readonly model: string;
}

/** Configured limits for the keys of one provider, in addition to the keys' own. */
export interface PoolLimits {
  /** For each of its keys. */
  readonly provider: readonly LimitRule[];
  /** For all keys of a quota domain together. */
  readonly domains: ReadonlyMap<string, readonly LimitRule[]>;
}

/** On whose behalf quota is requested, and with which share. */
export interface Claim {
  readonly tokenId: string;
  /** Above 0: share of the quota when demand exceeds it. */
  readonly weight: number;
  /** 0 is served first (interactive before batch). */
  readonly priority: number;
  /** The group that shares first, and then its tokens what it gets; absent for a token without a group. */
  readonly group?: ClaimGroup;
}

/** A group of tokens, as a party to the quota of keys that it shares with others. */
export interface ClaimGroup {
  readonly id: string;
  /** Above 0: the group's share, whatever the weights of its tokens. */
  readonly weight: number;
}

/** A group as the pool sees it. */
export interface TokenGroup extends ClaimGroup {
  /** Whether its tokens are also served by the common keys, after its own. */
  readonly usesCommonKeys: boolean;
}
