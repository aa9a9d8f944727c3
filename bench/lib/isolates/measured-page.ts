/**
 * Writes the tables of bench/isolates-measured.md and their charts from the results of the isolates benchmark.
 * @module
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../../scripts/root.ts";
import { barChart } from "../charts/bar-chart.ts";
import { table, withTables } from "../quota/measured-page.ts";
import type { NewsFigures } from "./play-news.ts";
import type { Sharing } from "./sim-isolate.ts";

export interface LimitRow {
  readonly isolates: number;
  readonly sharing: Sharing;
  readonly limit: string;
  /** Parts of the limit: with a demand of three times the limit, after the first seconds, and in a burst. */
  readonly used: number;
  readonly burst: number;
}

export interface CostRow {
  readonly use: string;
  readonly sharing: Sharing;
  /** Part of the requests. */
  readonly refused: number;
  readonly perMillionRequests: {
    readonly rowsWritten: number;
    readonly rowsRead: number;
    readonly objectCalls: number;
    readonly usd: number;
  };
}

export interface KeysFigures {
  readonly attemptsAnAnswer: number;
  /** Of the capacity if demand exceeds it, otherwise of the demand. */
  readonly answered: number;
  readonly rowsAMillion: number;
}

/** Quotas of provider keys. */
export interface KeysRow {
  readonly isolates: number;
  /** The part of the requests that one isolate gets, in addition to its even part of the rest. */
  readonly toFirst: number;
  readonly load: number;
  /** Isolates that share only cooldowns. */
  readonly alone: KeysFigures;
  readonly shared: KeysFigures;
}

/** How long until an isolate knew what another learned, or a person did. */
export interface NewsRow extends NewsFigures {
  readonly isolates: number;
  readonly pace: string;
}

export interface IsolatesResult {
  readonly limits: readonly LimitRow[];
  readonly costs: readonly CostRow[];
  readonly keys: readonly KeysRow[];
  readonly news: readonly NewsRow[];
}

export const ISOLATES_PAGE = "bench/isolates-measured.md";
export const ISOLATES_RESULT = "bench/results/isolates.json";
const SHARINGS: readonly Sharing[] = ["none", "store", "object"];
const NAMES: Readonly<Record<Sharing, string>> = {
  none: "each by itself",
  store: "leases over D1",
  object: "leases of objects",
};

export function isolatesTables({ limits, costs, keys, news }: IsolatesResult) {
  const names = [...new Set(limits.map(({ limit }) => limit))];
  const counts = [...new Set(limits.map(({ isolates }) => isolates))];
  const limitRows = names.flatMap((limit) =>
    counts.map((isolates) => {
      const own = SHARINGS.map((sharing) =>
        limits.find(
          (row) => row.limit === limit && row.isolates === isolates && row.sharing === sharing,
        ),
      );
      return [
        limit,
        String(isolates),
        ...own.flatMap((row) => [percent(row?.used ?? 0), percent(row?.burst ?? 0)]),
      ];
    }),
  );
  const ofSharing = SHARINGS.flatMap((sharing) => [NAMES[sharing], "burst"]);
  const keyRows = keys.map(({ isolates, toFirst, load, alone, shared }) => [
    String(isolates),
    toFirst > 0 ? `${toFirst * 100} % at one` : "even",
    `${load * 100} %`,
    alone.attemptsAnAnswer.toFixed(3),
    shared.attemptsAnAnswer.toFixed(3),
    percent(alone.answered),
    percent(shared.answered),
    String(shared.rowsAMillion),
  ]);
  const costRows = costs.map(({ use, sharing, refused, perMillionRequests: bill }) => [
    use,
    NAMES[sharing],
    percent(refused),
    String(bill.rowsWritten),
    String(bill.rowsRead),
    String(bill.objectCalls),
    bill.usd.toFixed(3),
  ]);
  const newsRows = news.map(({ kind, isolates, pace, samples, p50Ms, p99Ms, mostMs }) => [
    kind,
    String(isolates),
    pace,
    String(samples),
    ...[p50Ms, p99Ms, mostMs].map((ms) => `${(ms / 1_000).toFixed(2)} s`),
  ]);
  return {
    news: table(["News", "Isolates", "How often", "Learned", "p50", "p99", "At most"], newsRows),
    keys: table(
      [
        ...["Isolates", "Requests", "Asked for", "Attempts, alone", "Attempts, shared"],
        ...["Answered, alone", "Answered, shared", "Rows a million requests"],
      ],
      keyRows,
    ),
    limits: table(["Limit", "Isolates", ...ofSharing], limitRows),
    costs: table(
      [
        ...["Use", "Leases", "Refused", "Rows written", "Rows read"],
        ...["Calls of objects", "US dollars"],
      ],
      costRows,
    ),
  };
}

export function isolatesCharts({ limits, keys }: IsolatesResult): Readonly<Record<string, string>> {
  const words = (counts: readonly number[]) =>
    counts.map((count) => `${count} isolate${count === 1 ? "" : "s"}`);
  const limit = limits[0]?.limit ?? "";
  const ofLimit = limits.filter((row) => row.limit === limit);
  const full = keys.filter(({ load, toFirst }) => load > 1 && toFirst === 0);
  return {
    "bench/results/isolates-limits.svg": barChart({
      title: `Used of ${limit}, asked for three times as much`,
      groups: words([...new Set(ofLimit.map(({ isolates }) => isolates))]),
      series: SHARINGS.map((sharing) => ({
        name: NAMES[sharing],
        values: ofLimit.filter((row) => row.sharing === sharing).map(({ used }) => used),
      })),
      format: percent,
      line: 1,
    }),
    "bench/results/isolates-keys.svg": barChart({
      title: "Attempts an answer; 20 keys, asked for half more than there is",
      groups: words(full.map(({ isolates }) => isolates)),
      series: (["alone", "shared"] as const).map((name) => ({
        name: name === "alone" ? "each by itself" : "use is told",
        values: full.map((row) => row[name].attemptsAnAnswer),
      })),
      format: (attempts) => attempts.toFixed(2),
      line: 1,
    }),
  };
}

export async function writePage(result: IsolatesResult): Promise<void> {
  const path = join(root, ISOLATES_PAGE);
  const document = await readFile(path, "utf8");
  await writeFile(path, withTables(document, isolatesTables(result)));
  for (const [chart, text] of Object.entries(isolatesCharts(result))) {
    await writeFile(join(root, chart), text);
  }
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}
