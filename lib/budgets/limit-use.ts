import type { TokenLimits } from "./limit-holder";

/** How far a limit is used, as the isolate that is asked knows it. */
export interface LimitUse {
  readonly limit: keyof TokenLimits;
  /** The limit: requests, tokens, or dollars where its name ends in `Usd`. */
  readonly most: number;
  readonly used: number;
  /** By requests that are under way. */
  readonly held: number;
  /** Epoch milliseconds when more of it is back; null where nothing of it is used, or requests under way hold it. */
  readonly renewsAtMs: number | null;
}
