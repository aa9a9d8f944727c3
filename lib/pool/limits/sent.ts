/**
 * One request as a rate limiter tracks it, until its outcome is known.
 * @module
 */
import type { Limit } from "./limit";

/** A cost that a limit contains. */
export interface Taken {
  readonly limit: Limit;
  readonly entry: number;
  readonly cost: number;
}

/** One send. */
export interface Sent {
  readonly atMs: number;
  /** Estimated. */
  readonly tokens: number;
  /** Whether it exceeds the learned limit to test it. */
  readonly isProbe: boolean;
  /** What the domain had sent by then, including this. */
  readonly requestsSoFar: number;
  readonly tokensSoFar: number;
  /** What it took of the configured limits; null for nothing. */
  readonly taken: readonly Taken[] | null;
}
