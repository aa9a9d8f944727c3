/** The median of the values (the upper one of two); NaN for none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** @param share 0.99 for the 99th percentile. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The normal distribution's 97.5th percentile. */
const Z = 1.96;

/**
 * Between which two of the values the median of what they are samples of is, with 95 %: it is above each of them or
 * below it with the same chance, whatever their distribution.
 */
export function medianRange(values: readonly number[]): readonly [least: number, most: number] {
  const sorted = [...values].sort((a, b) => a - b);
  const { length } = sorted;
  const rank = Math.max(0, Math.floor(length / 2 - (Z * Math.sqrt(length)) / 2));
  return [sorted[rank] ?? Number.NaN, sorted[length - 1 - rank] ?? Number.NaN];
}
