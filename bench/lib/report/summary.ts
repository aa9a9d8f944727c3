/** Figures of the report from its raw rounds. @module */
import { median } from "../quantile.ts";
import {
  type AnswerKind,
  BARE,
  type LimitedCell,
  type LoadCell,
  type LoadRound,
  type ReportResult,
} from "./report-result.ts";

export interface Kind {
  readonly answer: AnswerKind;
  readonly bodyKb: number;
  readonly clients: number;
}

type Loads = Pick<ReportResult, "loads">;

/** The kinds of requests, in the order in which they were measured. */
export function kindsOf({ loads }: Loads): readonly Kind[] {
  const kinds = new Map(
    loads.map(({ answer, bodyKb, clients }) => [
      `${answer} ${bodyKb} ${clients}`,
      { answer, bodyKb, clients },
    ]),
  );
  return [...kinds.values()];
}

export function cellOf({ loads }: Loads, contender: string, kind: Kind): LoadCell | null {
  const cell = loads.find(
    (each) =>
      each.contender === contender &&
      each.answer === kind.answer &&
      each.bodyKb === kind.bodyKb &&
      each.clients === kind.clients,
  );
  // A cell that failed in a later round isn't comparable with the others.
  return cell === undefined || cell.failed !== null || cell.rounds.length === 0 ? null : cell;
}

/** The median of the rounds; null if it wasn't measured. */
export function figureOf(
  result: Loads,
  contender: string,
  kind: Kind,
  field: Exclude<keyof LoadRound, "requests">,
): number | null {
  const values = cellOf(result, contender, kind)?.rounds.map((round) => round[field]) ?? [];
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : median(known);
}

/** Requests per second relative to a contender's in the same round: the median of the rounds. */
export function ratioTo(
  result: Loads,
  contender: string,
  kind: Kind,
  base: string = BARE,
): number | null {
  const own = cellOf(result, contender, kind);
  const other = cellOf(result, base, kind);
  if (own === null || other === null) return null;
  return median(
    own.rounds.map(
      ({ requestsPerSecond }, index) =>
        requestsPerSecond / (other.rounds[index]?.requestsPerSecond ?? Number.NaN),
    ),
  );
}

export interface LimitedFigures {
  /** Medians of the rounds, except for what names another. */
  readonly firstAnswerMs: number;
  readonly slowestFirstMs: number;
  readonly firstAttempts: number;
  readonly mostFirstAttempts: number;
  readonly nextP50Ms: number;
  readonly nextP99Ms: number;
  readonly attemptsPerAnswer: number;
  /** Requests of clients that got something else than 200, in all rounds: before the first answer, and after it. */
  readonly failedFirst: number;
  readonly failedNext: number;
}

export function limitedFigures({ rounds, failed }: LimitedCell): LimitedFigures | null {
  if (failed !== null || rounds.length === 0) return null;
  const all = (field: keyof LimitedCell["rounds"][number]) => rounds.map((round) => round[field]);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    firstAnswerMs: median(all("firstAnswerMs")),
    slowestFirstMs: Math.max(...all("firstAnswerMs")),
    firstAttempts: median(all("firstAttempts")),
    mostFirstAttempts: Math.max(...all("firstAttempts")),
    nextP50Ms: median(all("nextP50Ms")),
    nextP99Ms: median(all("nextP99Ms")),
    attemptsPerAnswer: median(all("nextAttemptsPerAnswer")),
    failedFirst: sum(all("firstRequests")) - rounds.length,
    failedNext: sum(all("nextFailed")),
  };
}
