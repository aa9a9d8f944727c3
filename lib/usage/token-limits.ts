/** The limits that a token or a member can have, in display order; those in dollars end in `Usd`. */
export const TOKEN_LIMITS = [
  "rpm",
  "tpm",
  "concurrentRequests",
  "dailyRequests",
  "dailyTokens",
  "dailyCostUsd",
  "monthlyCostUsd",
] as const;

export type TokenLimit = (typeof TOKEN_LIMITS)[number];

/** Those that count usage per day or month. */
export const BUDGETS = [
  "dailyRequests",
  "dailyTokens",
  "dailyCostUsd",
  "monthlyCostUsd",
] as const satisfies readonly TokenLimit[];

export type BudgetName = (typeof BUDGETS)[number];

/** Each limit's value; null for none. */
export type LimitValues = Readonly<Record<TokenLimit, number | null>>;

export const NO_LIMITS: LimitValues = {
  rpm: null,
  tpm: null,
  concurrentRequests: null,
  dailyRequests: null,
  dailyTokens: null,
  dailyCostUsd: null,
  monthlyCostUsd: null,
};

/** The limits of an object that has other fields too. */
export function limitsOf(values: LimitValues): LimitValues {
  const limits = TOKEN_LIMITS.map((name) => [name, values[name]]);
  return Object.fromEntries(limits) as Record<TokenLimit, number | null>;
}

/** The limits of what has budgets only. */
export function budgetsOf(values: Readonly<Record<BudgetName, number | null>>): LimitValues {
  const { dailyRequests, dailyTokens, dailyCostUsd, monthlyCostUsd } = values;
  return { ...NO_LIMITS, dailyRequests, dailyTokens, dailyCostUsd, monthlyCostUsd };
}

export function hasLimits(values: LimitValues): boolean {
  return TOKEN_LIMITS.some((name) => values[name] !== null);
}

/** The order of service when quota is scarce: interactive requests before batches. */
export const PRIORITY_CLASSES = ["interactive", "batch"] as const;

export type PriorityClass = (typeof PRIORITY_CLASSES)[number];

/** Maximum limits. A limit without one may be anything. */
export type LimitCeilings = Readonly<Partial<Record<TokenLimit, number>>>;

/** Whose limits a request must keep. */
export type HolderKind = "token" | "member" | "group" | "tag";

/** The limit for which a request was refused, and what was used of it at that moment. */
export interface ReachedLimit {
  readonly holder: HolderKind;
  /** `at_…`, `us_…`, `gr_…` or `tag:name=value`. */
  readonly id: string;
  /** The group's name, or the tag's name and value; absent for others. */
  readonly name?: string;
  readonly limit: TokenLimit;
  /** The limit: requests, tokens, or dollars if its name ends in `Usd`. */
  readonly most: number;
  /** Of a limit per minute, as known to the isolate that refused: other isolates may have used more. */
  readonly used: number;
  /** By requests in progress, as known to that isolate. */
  readonly held: number;
  /** When there is room again, epoch milliseconds; null if requests in progress hold what is left. */
  readonly renewsAtMs: number | null;
}
