import type { RequestsLink } from "@/components/requests/requests-href";
import type { UsageBoard } from "@/lib/manage/usage/read-usage-board";
import { type ChartSeries, MAX_SERIES } from "@/lib/usage/chart-series";
import type { Outcome } from "@/lib/usage/types";
import type { ChartData, ChartMark } from "./chart-data";
import { OTHER_COLOR, OUTCOME_COLORS, rankColor } from "./series-colors";

/** The texts of a board's charts. */
export interface BoardWords {
  readonly outcome: (outcome: Outcome) => string;
  /** Name of a group; of the rest if null. */
  readonly group: (id: string | null) => string;
  readonly cooled: string;
  readonly blocked: string;
  readonly attempts: string;
}

export type BoardChart =
  | "requests"
  | "tokens"
  | "cost"
  | "duration"
  | "firstToken"
  | "attempts"
  | "keyEvents";

/** Charts whose bars consist of requests. */
const COUNTS_REQUESTS: ReadonlySet<BoardChart> = new Set(["requests", "tokens", "cost"]);

/** The part of a board that is drawn. */
type Drawn = Omit<
  UsageBoard,
  "grain" | "minutes" | "totals" | "compared" | "groups" | "choices" | "names" | "providerNames"
>;

/** The charts of the usage page, in order; titles come from `title`. */
export function boardCharts(
  board: Drawn,
  grain: ChartData["grain"],
  words: BoardWords,
  title: (chart: BoardChart) => string,
  links: {
    /** The board's filters. */
    readonly all: RequestsLink;
    readonly group: (id: string) => RequestsLink | null;
  } | null = null,
  marks: readonly ChartMark[] = [],
): readonly { readonly name: BoardChart; readonly data: ChartData }[] {
  const { buckets, openBucketMs } = board;
  const chart = (name: BoardChart, own: Pick<ChartData, "kind" | "unit" | "series">) => ({
    name,
    data: {
      title: title(name),
      grain,
      buckets,
      openBucketMs,
      marks,
      ...own,
      ...(links !== null && COUNTS_REQUESTS.has(name) && { link: links.all }),
    },
  });
  const ranks = sharedRanks(board.tokens, board.costs);
  const grouped = (series: readonly ChartSeries[]) =>
    series.map(({ id, values }) => ({
      label: words.group(id),
      link: id === null ? null : (links?.group(id) ?? null),
      color: id === null ? OTHER_COLOR : rankColor(ranks.get(id) ?? 0),
      values,
    }));
  const quantiles = (name: "durations" | "firstTokens") =>
    (["p50", "p95", "p99"] as const).map((quantile, rank) => ({
      label: quantile,
      color: rankColor(rank),
      values: board[name].map((each) => each[quantile]),
    }));
  return [
    chart("requests", {
      kind: "bars",
      unit: "count",
      series: outcomeSeries(board.outcomes, words.outcome),
    }),
    chart("tokens", { kind: "bars", unit: "count", series: grouped(board.tokens) }),
    chart("cost", { kind: "bars", unit: "usd", series: grouped(board.costs) }),
    chart("duration", { kind: "lines", unit: "ms", series: quantiles("durations") }),
    chart("firstToken", { kind: "lines", unit: "ms", series: quantiles("firstTokens") }),
    chart("attempts", {
      kind: "lines",
      unit: "ratio",
      series: [{ label: words.attempts, color: rankColor(0), values: board.attemptsPerAnswer }],
    }),
    chart("keyEvents", {
      kind: "bars",
      unit: "count",
      series: [
        { label: words.cooled, color: OUTCOME_COLORS.limited, values: board.keyEvents.cooled },
        {
          label: words.blocked,
          color: OUTCOME_COLORS.upstream_error,
          values: board.keyEvents.blocked,
        },
      ],
    }),
  ];
}

/**
 * Ranks, and so colors, of what two charts draw: the same in both, and none twice in one of them.
 * @param first In order of rank.
 */
function sharedRanks(
  first: readonly ChartSeries[],
  second: readonly ChartSeries[],
): ReadonlyMap<string | null, number> {
  const ranks = new Map(first.map(({ id }, rank) => [id, rank]));
  const taken = new Set(second.map(({ id }) => ranks.get(id)));
  const free = Array.from({ length: MAX_SERIES }, (_, rank) => rank).filter(
    (rank) => !taken.has(rank),
  );
  const added = second.filter(({ id }) => id !== null && !ranks.has(id));
  return new Map([...ranks, ...added.map(({ id }, index) => [id, free[index] ?? 0] as const)]);
}

/** Requests by outcome, each in its own color. */
export function outcomeSeries(
  outcomes: UsageBoard["outcomes"],
  label: (outcome: Outcome) => string,
): ChartData["series"] {
  return outcomes.map(({ outcome, values }) => ({
    label: label(outcome),
    link: { outcome },
    color: OUTCOME_COLORS[outcome],
    values,
  }));
}
