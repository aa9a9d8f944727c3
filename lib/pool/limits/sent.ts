/**
 * One request as a rate limiter keeps it, for the judgement that follows it.
 * @module
 */
import type { Limit } from "./limit";

/** A cost that a limit holds. */
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
  /** Beyond the believed limit, to learn whether it still holds. */
  readonly isProbe: boolean;
  /** What the domain had sent by then, this included. */
  readonly requestsSoFar: number;
  readonly tokensSoFar: number;
  /** What it took of the limits that people set; null for nothing. */
  readonly taken: readonly Taken[] | null;
}
