/**
 * Plain data of the key pool. Times are epoch milliseconds.
 * @module
 */

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
  readonly cooldowns: Map<string, Cooldown>;
}
