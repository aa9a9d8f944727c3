/**
 * What the rows of a list were used for today, which is the day of UTC: budgets count the same, and whole days are read
 * at the cost of a row for each thing.
 * @module
 */
import { type CellSum, sumCells } from "../../db/usage/read-usage-cells";
import type { FigureOrder, TodayFigures } from "../../usage/figures/figure-order";
import { quantileMs } from "../../usage/histogram";
import { NANO_PER_USD } from "../../usage/price";
import { DAY_MS } from "../../usage/rollup";
import type { ManageContext } from "../manage-context";

export type FiguresById = Readonly<Record<string, TodayFigures>>;

/** The start of today, for links to its requests. */
export function utcDayMs(nowMs: number): number {
  return Math.floor(nowMs / DAY_MS) * DAY_MS;
}

/**
 * Of a provider's keys: of the named ones, or of all that were used. A request counts for the key that was tried last;
 * the share of success and the 429s are of attempts.
 */
export async function readKeyFigures(
  { db, nowMs }: ManageContext,
  provider: string,
  ids?: readonly string[],
): Promise<FiguresById> {
  const fromMs = utcDayMs(nowMs());
  const [rows = []] = await sumCells(db, [
    {
      ...{ side: "key", grain: "day", fromMs, toMs: fromMs + DAY_MS, withTimes: true },
      ...{ where: { provider }, by: ["subjectId", "outcome"] },
      ...(ids !== undefined && { only: { dimension: "subjectId", values: ids } }),
    },
  ]);
  return figuresOf(rows, "subjectId", "attempts");
}

/** Of access tokens: of the named ones, or of all that were used. Times aren't counted by token. */
export async function readTokenFigures(
  { db, nowMs }: ManageContext,
  ids?: readonly string[],
): Promise<FiguresById> {
  const fromMs = utcDayMs(nowMs());
  const [rows = []] = await sumCells(db, [
    {
      ...{ side: "caller", grain: "day", fromMs, toMs: fromMs + DAY_MS },
      by: ["subjectId", "outcome"],
      ...(ids !== undefined && { only: { dimension: "subjectId", values: ids } }),
    },
  ]);
  return figuresOf(rows, "subjectId", "requests");
}

/** Of all members, with all their tokens. */
export async function readMemberFigures({ db, nowMs }: ManageContext): Promise<FiguresById> {
  const fromMs = utcDayMs(nowMs());
  const [rows = []] = await sumCells(db, [
    {
      ...{ side: "caller", grain: "day", fromMs, toMs: fromMs + DAY_MS },
      by: ["userId", "outcome"],
    },
  ]);
  return figuresOf(rows, "userId", "requests");
}

function figuresOf(
  rows: readonly CellSum[],
  by: "subjectId" | "userId",
  counted: "requests" | "attempts",
): FiguresById {
  return Object.fromEntries(
    [...Map.groupBy(rows, (row) => row[by])].map(([id, own]): [string, TodayFigures] => {
      const sum = (value: (row: CellSum) => number, outcome?: CellSum["outcome"]) =>
        own
          .filter((row) => outcome === undefined || row.outcome === outcome)
          .reduce((total, row) => total + value(row), 0);
      const all = sum((row) => row.values[counted]);
      const nanoUsd = sum((row) => row.values.costNanoUsd);
      const isUnknown = nanoUsd === 0 && sum((row) => row.values.unpriced) > 0;
      const answers = own.find((row) => row.outcome === "ok");
      const figures: Record<FigureOrder, number | null> = {
        requests: sum((row) => row.values.requests),
        success: all === 0 ? null : sum((row) => row.values[counted], "ok") / all,
        limited: sum((row) => row.values[counted], "limited"),
        p50: quantileMs(answers?.durations ?? [], 0.5),
        cost: isUnknown ? null : nanoUsd / NANO_PER_USD,
      };
      return [id, figures];
    }),
  );
}
