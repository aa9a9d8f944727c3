/**
 * Which lines a chart draws: the largest by their sums, and all the rest as one.
 * @module
 */

export interface ChartSeries {
  /** Null for the rest. */
  readonly id: string | null;
  /** One for each bucket. */
  readonly values: readonly number[];
}

/** As many as people can distinguish by color. */
export const MAX_SERIES = 8;

/**
 * @param totals The whole of each bucket, whatever its parts.
 * @param groups Values by bucket of the groups that may be drawn.
 * @returns The largest first, then the rest if there is one. Groups without usage are left out.
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
