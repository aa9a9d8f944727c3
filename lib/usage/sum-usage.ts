import { NO_USAGE, USAGE_COUNTS, type Usage } from "./types";

/**
 * Combines the usage of several responses. Those of several models are also kept as parts, because each has its price.
 * @param more What else is known; not summed.
 */
export function sumUsage(usages: readonly Usage[], more: Partial<Usage> = {}): Usage {
  const sums: Partial<Record<(typeof USAGE_COUNTS)[number], number>> = {};
  for (const usage of usages) {
    for (const name of USAGE_COUNTS) {
      const value = usage[name];
      if (value !== null) sums[name] = (sums[name] ?? 0) + value;
    }
  }
  const models = new Set(usages.map(({ model }) => model));
  return {
    ...NO_USAGE,
    ...sums,
    answers: usages.reduce((total, { answers }) => total + answers, 0),
    model: models.size === 1 ? ([...models][0] ?? null) : null,
    parts: models.size > 1 ? usages : null,
    isEstimate: usages.some(({ isEstimate }) => isEstimate),
    ...more,
  };
}
