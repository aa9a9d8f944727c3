/**
 * A rejection that states neither a quota nor a time: the key's cooldown for the model is a guess, at first `firstMs`
 * long, and each consecutive one is longer than the one before. A success ends the series (`lib/pool/limits/quota-cooldown.ts`).
 * @module
 */
export const UNEXPLAINED_COOLDOWN = {
  firstMs: 5_000,
  /** The factor from one to the next. */
  growth: 2,
  longestMs: 300_000,
} as const;
