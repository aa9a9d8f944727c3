import type { TokenLimits } from "./limit-holder";

/** How much of a limit is used, as known to this isolate. */
export interface LimitUse {
  readonly limit: keyof TokenLimits;
  /** The limit: requests, tokens, or dollars if its name ends in `Usd`. */
  readonly most: number;
  readonly used: number;
  /** By requests in progress. */
  readonly held: number;
  /**
   * When more of it is available again, in epoch milliseconds; null if none of it is used, or requests in progress hold
   * it.
   */
  readonly renewsAtMs: number | null;
}
