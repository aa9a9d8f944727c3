/** The figures of today by which lists can be sorted. */
export const FIGURE_ORDERS = ["requests", "success", "limited", "p50", "cost"] as const;
export type FigureOrder = (typeof FIGURE_ORDERS)[number];

/** Those of tokens and members, by which times aren't counted. */
export const CALLER_FIGURES = [
  "requests",
  "success",
  "limited",
  "cost",
] as const satisfies readonly FigureOrder[];
export type CallerFigure = (typeof CALLER_FIGURES)[number];

/** What something was used for today; null is unknown, or nothing to say it of. */
export type TodayFigures = Readonly<Record<FigureOrder, number | null>>;

/**
 * Ids in the order of a figure: those of which it isn't known are last, whatever the direction, and ties keep their
 * order.
 */
export function byFigure(
  ids: readonly string[],
  figures: Readonly<Record<string, TodayFigures>>,
  order: FigureOrder,
  isAscending: boolean,
): readonly string[] {
  const sign = isAscending ? 1 : -1;
  const figureOf = (id: string) => figures[id]?.[order] ?? null;
  return ids.toSorted((a, b) => {
    const [one, other] = [figureOf(a), figureOf(b)];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return sign * (one - other);
  });
}

/** Rows in the order of their ids. */
export function inOrderOf<Row extends { readonly id: string }>(
  rows: readonly Row[],
  ids: readonly string[],
): readonly Row[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
