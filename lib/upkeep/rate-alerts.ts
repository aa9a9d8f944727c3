/**
 * Which providers fail too often or are too slow. No I/O.
 * @module
 */
import { quantileMs } from "../usage/histogram";
import { successRate } from "../usage/success-rate";

/** What a provider's requests of the last hours came to. */
export interface ProviderRates {
  /** Slug. */
  readonly provider: string;
  readonly requests: number;
  /** Those with a good answer. */
  readonly answered: number;
  /** Counts for `BUCKET_BOUNDS_MS` and anything longer. */
  readonly durations: readonly number[];
}

export interface RateRules {
  /** In percent; 0 for never. */
  readonly errorsAbove: number;
  /** In seconds, for one in twenty responses; 0 for never. */
  readonly slowerThan: number;
}

export interface RateAlert {
  readonly kind: "errors_high" | "answers_slow";
  readonly provider: string;
  readonly topic: string;
  readonly requests: number;
  /** Percent of requests that failed, or seconds. */
  readonly figure: number;
}

export interface RateFindings {
  readonly raised: readonly RateAlert[];
  /** Topics that were reported before and are over. */
  readonly over: readonly string[];
}

/** A share of fewer requests says nothing. */
const LEAST_REQUESTS = 20;
/** The share of responses that `slowerThan` leaves out. */
const SLOW_SHARE = 0.95;
/** What was reported is over below this part of its threshold: around the threshold it would come and go. */
const OVER_BELOW = 0.8;

/**
 * Applies the rules. What a rule reported stays reported while its figure is above four fifths of the threshold, and
 * while there are too few requests; it is over when the figure is lower, or the rule is turned off.
 * @param known Topics that were reported and aren't over.
 */
export function findRateAlerts(
  rates: readonly ProviderRates[],
  { errorsAbove, slowerThan }: RateRules,
  known: readonly string[],
): RateFindings {
  const raised: RateAlert[] = [];
  const lasting = new Set<string>();
  for (const topic of known) {
    const isOn = topic.startsWith("rate/errors/") ? errorsAbove > 0 : slowerThan > 0;
    if (isOn) lasting.add(topic);
  }
  const apply = (
    kind: RateAlert["kind"],
    { provider, requests }: ProviderRates,
    figure: number | null,
    threshold: number,
  ) => {
    const topic = `rate/${kind === "errors_high" ? "errors" : "slow"}/${provider}`;
    if (threshold === 0 || figure === null || requests < LEAST_REQUESTS) return;
    if (figure > threshold) raised.push({ kind, provider, topic, requests, figure });
    else if (figure < threshold * OVER_BELOW) lasting.delete(topic);
  };
  for (const rate of rates) {
    const success = successRate(rate);
    const errors = success === null ? null : (1 - success) * 100;
    const slowMs = quantileMs(rate.durations, SLOW_SHARE);
    apply("errors_high", rate, errors, errorsAbove);
    apply("answers_slow", rate, slowMs === null ? null : slowMs / 1_000, slowerThan);
  }
  return { raised, over: known.filter((topic) => !lasting.has(topic)) };
}
