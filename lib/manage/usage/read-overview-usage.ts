import { sumCells } from "../../db/usage/read-usage-cells";
import { comparedRanges, type TimeRange } from "../../usage/figures/compared-ranges";
import { HOUR_MS } from "../../usage/rollup";
import { OUTCOMES, type Outcome } from "../../usage/types";
import type { ManageContext } from "../manage-context";
import { type AnsweredSums, answeredSums } from "./board-sums";
import { findNames } from "./find-names";
import { SPENT_MEASURES, type SpentSums, toSpentSums } from "./read-usage";
import { scopeOf, type UsageReader } from "./usage-scope";

export interface TopSums extends SpentSums {
  /** A model's name, or a member's id; empty for team tokens. */
  readonly id: string;
  readonly label: string;
}

export interface OverviewUsage {
  readonly today: AnsweredSums;
  /** Today's finished hours beside yesterday's; null before an hour is over. */
  readonly compared: {
    readonly current: AnsweredSums;
    readonly before: AnsweredSums;
    /** The time of `before`. */
    readonly beforeRange: TimeRange;
  } | null;
  /** Starts of the last 24 hours; the last one isn't over yet. */
  readonly hours: readonly number[];
  readonly outcomes: readonly { readonly outcome: Outcome; readonly values: readonly number[] }[];
  /** Of the last 24 hours, those with the most requests. */
  readonly models: readonly TopSums[];
  readonly users: readonly TopSums[];
}

const HOURS_SHOWN = 24;
const TOP_SHOWN = 5;

/**
 * The overview's usage: members get their own.
 * @param todayMs Start of the reader's day.
 */
export async function readOverviewUsage(
  context: ManageContext,
  reader: UsageReader,
  todayMs: number,
): Promise<OverviewUsage> {
  const { db, nowMs } = context;
  const toMs = nowMs() + 1;
  const fromMs = Math.floor(nowMs() / HOUR_MS) * HOUR_MS - (HOURS_SHOWN - 1) * HOUR_MS;
  const range = { side: "caller", grain: "hour", fromMs, toMs } as const;
  const where = { userId: scopeOf(reader) };
  // A day on which clocks are set back has 25 hours.
  const since = Math.min(fromMs, todayMs);
  const compared = comparedRanges({ fromMs: todayMs, toMs }, HOUR_MS, nowMs());
  const before = compared?.before ?? { fromMs, toMs: fromMs };
  const [byOutcome = [], cellsBefore = [], models = [], users = []] = await sumCells(db, [
    { ...range, fromMs: since, where, by: ["bucketMs", "outcome"] },
    { ...range, ...before, where, by: ["outcome"] },
    { ...range, where, by: ["model"], measures: SPENT_MEASURES, limit: TOP_SHOWN },
    { ...range, where, by: ["userId"], measures: SPENT_MEASURES, limit: TOP_SHOWN },
  ]);
  const names = await findNames(
    context,
    users.map((row) => row.userId),
  );
  const hours = Array.from({ length: HOURS_SHOWN }, (_, index) => fromMs + index * HOUR_MS);
  return {
    today: answeredSums(byOutcome.filter((row) => row.bucketMs >= todayMs)),
    compared: compared && {
      current: answeredSums(
        byOutcome.filter(({ bucketMs }) => bucketMs >= todayMs && bucketMs < compared.current.toMs),
      ),
      before: answeredSums(cellsBefore),
      beforeRange: compared.before,
    },
    hours,
    outcomes: OUTCOMES.map((outcome) => {
      const own = byOutcome.filter((row) => row.outcome === outcome);
      const counts = new Map(own.map((row) => [row.bucketMs, row.values.requests]));
      return { outcome, values: hours.map((hour) => counts.get(hour) ?? 0) };
    }).filter(({ values }) => values.some((value) => value > 0)),
    models: models.map((row) => ({ id: row.model, label: row.model, ...toSpentSums(row.values) })),
    users: users.map((row) => ({
      id: row.userId,
      label: names.get(row.userId) ?? row.userId,
      ...toSpentSums(row.values),
    })),
  };
}
