/**
 * Which lines a chart draws: the greatest by their sums, and all the rest as one.
 * @module
 */

export interface ChartSeries {
  /** Null for the rest. */
  readonly id: string | null;
  /** One for each bucket. */
  readonly values: readonly number[];
}

/** As many as people can tell apart by colour. */
export const MAX_SERIES = 8;

/**
 * @param totals The whole of each bucket, whatever is in it.
 * @param groups Values by bucket of those that may be drawn.
 * @returns The greatest first, then the rest where there is one. Those without any use are left out.
 */
export function topSeries(
  totals: readonly number[],
  groups: ReadonlyMap<string, readonly number[]>,
): readonly ChartSeries[] {
  const drawn = [...groups]
    .map(([id, values]) => ({ id, values }))
    .filter(({ values }) => sum(values) > 0)
    .sort((a, b) => sum(b.values) - sum(a.values))
    .slice(0, MAX_SERIES);
  const rest = totals.map(
    (total, index) => total - sum(drawn.map(({ values }) => values[index] ?? 0)),
  );
  return rest.some((value) => value > 0) ? [...drawn, { id: null, values: rest }] : drawn;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
