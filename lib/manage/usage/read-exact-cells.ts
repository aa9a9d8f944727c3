/**
 * What was used between any two times, exactly.
 *
 * Rollups have whole hours, and whole days (UTC) for longer. A range that begins or ends within an hour takes that part
 * from the request log, if the log includes every request of the hour; otherwise it is rejected.
 * @module
 */

import { readSettings } from "../../db/team/settings";
import { sumLogged } from "../../db/usage/read-logged-cells";
import {
  type CellDimension,
  type CellFilter,
  type CellSum,
  sumCells,
} from "../../db/usage/read-usage-cells";
import type { Grain } from "../../db/usage/usage-cells";
import { DAY_MS, FIRST_MEASURES, HOUR_MS, type Measure, type Side } from "../../usage/rollup";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";

export interface ExactRange {
  readonly side: Side;
  /** The tag's name, on the tag side. */
  readonly tag?: string;
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
  /** Length of the requested buckets. */
  readonly bucketMs: number;
  readonly where: CellFilter;
  readonly by: Exclude<CellDimension, "bucketMs">;
  /** When the range was made: what ends later has no end yet. */
  readonly nowMs: number;
}

/**
 * By hour, or by day if the range consists of whole days; parts of hours begin at their own start.
 * @throws {ManageError} `invalid_input` if only the whole of an hour or a day is known.
 */
export async function readExactCells(
  context: ManageContext,
  range: ExactRange,
): Promise<readonly CellSum[]> {
  const { db } = context;
  const { side, tag, fromMs, where, by, bucketMs, nowMs } = range;
  // Nothing is later than now, so a bucket that isn't over may be taken as a whole.
  const toMs = range.toMs > nowMs ? Math.ceil(range.toMs / DAY_MS) * DAY_MS : range.toMs;
  const isWhole = (step: number) => fromMs % step === 0 && toMs % step === 0;
  const grain: Grain = bucketMs === DAY_MS && isWhole(DAY_MS) ? "day" : "hour";
  if (grain === "hour" && fromMs < nowMs - DAY_MS) await assertKept(context, fromMs);
  const wholeFromMs = Math.ceil(fromMs / HOUR_MS) * HOUR_MS;
  const wholeToMs = Math.floor(toMs / HOUR_MS) * HOUR_MS;
  const edges = edgesOf(fromMs, toMs, wholeFromMs, wholeToMs);
  const [whole = []] =
    wholeFromMs < wholeToMs
      ? await sumCells(db, [
          {
            ...(tag === undefined ? { side } : { side, tag }),
            ...{ grain, fromMs: wholeFromMs, toMs: wholeToMs, where, by: ["bucketMs", by] },
          },
        ])
      : [];
  const parts = await Promise.all(edges.map((edge) => readPart(context, range, edge)));
  return [...whole, ...parts.flat()];
}

interface Edge {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The parts of hours at either end; one if the range is within an hour. */
function edgesOf(
  fromMs: number,
  toMs: number,
  wholeFromMs: number,
  wholeToMs: number,
): readonly Edge[] {
  if (wholeFromMs > wholeToMs) return [{ fromMs, toMs }];
  return [
    { fromMs, toMs: wholeFromMs },
    { fromMs: wholeToMs, toMs },
  ].filter((edge) => edge.fromMs < edge.toMs);
}

async function readPart(
  { db }: ManageContext,
  { side, where }: ExactRange,
  { fromMs, toMs }: Edge,
): Promise<readonly CellSum[]> {
  if (side === "tag") throw onlyWhole();
  const hourMs = Math.floor(fromMs / HOUR_MS) * HOUR_MS;
  const hour = { fromMs: hourMs, toMs: hourMs + HOUR_MS };
  const all = { ...hour, side, grain: "hour", where, by: ["bucketMs"] } as const;
  const [[counted = []], logged] = await Promise.all([
    sumCells(db, [all]),
    sumLogged(db, hour, where),
  ]);
  if (counted.every(({ values }) => FIRST_MEASURES.every((name) => values[name] === 0))) return [];
  // Keys are counted per attempt, but the log has requests; a session's turns are counted when they end, but the log
  // has them at its end.
  if (
    side === "key" ||
    !FIRST_MEASURES.every((name) => sumOf(logged, name) === sumOf(counted, name))
  ) {
    throw onlyWhole();
  }
  return sumLogged(db, { fromMs, toMs }, where);
}

function onlyWhole(): ManageError {
  return new ManageError(
    "invalid_input",
    "of a part of an hour nothing is known any more, only of the whole: let `from` and `to` be full hours of UTC (zones that differ by half an hour have none)",
  );
}

function sumOf(cells: readonly CellSum[], name: Measure): number {
  return cells.reduce((sum, { values }) => sum + values[name], 0);
}

/** A range that doesn't begin at midnight (UTC) consists of hours, which are kept for a shorter time than days. */
async function assertKept({ db, nowMs }: ManageContext, fromMs: number): Promise<void> {
  const { settings } = await readSettings(db);
  const { hourlyDays } = settings.retention;
  if (fromMs >= nowMs() - hourlyDays * DAY_MS) return;
  throw new ManageError(
    "invalid_input",
    `hours are kept for ${hourlyDays} days: for what is older, let \`from\` and \`to\` be midnight in UTC`,
  );
}
