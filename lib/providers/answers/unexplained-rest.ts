/**
 * A rejection that states neither a quota nor a time: the key's cooldown for the model is a guess, at first
 * `firstMs` long, and each one in a row is longer than the one before. A success ends the row (`lib/pool/limits/rest.ts`).
 * @module
 */
export const UNEXPLAINED_REST = {
  firstMs: 5_000,
  /** How much longer each is than the one before. */
  growth: 2,
  longestMs: 300_000,
} as const;
