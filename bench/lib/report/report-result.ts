/** What `bench/results/report.json` contains: every round as it was measured. @module */

export type AnswerKind = "json" | "stream";

export interface LoadRound {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly firstByteP50Ms: number;
  readonly firstByteP99Ms: number;
  readonly wholeP50Ms: number;
  readonly wholeP99Ms: number;
  /** Of its process; null for a peer's. */
  readonly cpuMsPerRequest: number | null;
}

/** One kind of request at one contender. */
export interface LoadCell {
  readonly contender: string;
  readonly answer: AnswerKind;
  /** Of the request's body. */
  readonly bodyKb: number;
  readonly clients: number;
  /** In the same order for all contenders; empty if it failed. */
  readonly rounds: readonly LoadRound[];
  /** Why it wasn't measured, or not to the end. */
  readonly failed: string | null;
}

export interface LimitedRound {
  /** From the first request for a new model until a client has a 200, repeated at once if it is rejected. */
  readonly firstAnswerMs: number;
  /** Requests that the client sent for it. */
  readonly firstRequests: number;
  /** Requests that arrived at the upstream for it. */
  readonly firstAttempts: number;
  /** Of the requests after it. */
  readonly nextP50Ms: number;
  readonly nextP99Ms: number;
  readonly nextFailed: number;
  /** Requests that arrived at the upstream, for each 200 that clients got. */
  readonly nextAttemptsPerAnswer: number;
}

export interface LimitedCell {
  readonly contender: string;
  /** Keys of the pool that get 429. */
  readonly limited: number;
  readonly rounds: readonly LimitedRound[];
  readonly failed: string | null;
}

export interface LeftOut {
  readonly contender: string;
  readonly answer: AnswerKind;
  readonly reason: string;
}

export interface ReportResult {
  /** ISO 8601. */
  readonly measuredAt: string;
  readonly machine: {
    readonly cores: number;
    readonly arch: string;
    readonly node: string;
  };
  readonly system: { readonly cpu: string; readonly os: string };
  readonly versions: { readonly oneBalance: string; readonly workerd: string };
  readonly settings: {
    readonly rounds: number;
    readonly secondsPerRound: number;
    readonly limitedRounds: number;
    readonly keys: number;
    readonly nextRequests: number;
    readonly nextClients: number;
    readonly upstreamDelayMs: number;
    readonly seed: number;
  };
  /** Those that answered. */
  readonly contenders: readonly { readonly name: string; readonly isPeer: boolean }[];
  /** Contenders that didn't answer such requests at all, and why. */
  readonly leftOut: readonly LeftOut[];
  readonly loads: readonly LoadCell[];
  readonly limited: readonly LimitedCell[];
}

export const BARE = "bare pass-through";
export const MINIMAL = "minimal pool";
export const OURS = "One Balance";
