import { type Command, textOption } from "./command.ts";
import { printJson, printTable } from "./output.ts";

interface Sums {
  readonly requests: number;
  readonly attempts: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
}

interface Report {
  readonly rows: readonly (Sums & { readonly bucket: number; readonly group: string })[];
  readonly totals: Sums;
}

const WEEK_MS = 7 * 86_400_000;

export const usage: Command = {
  name: ["usage"],
  usage: "usage [--by <what>] [--from <time>] [--to <time>]",
  summary: "Show usage (default: the last 7 days)",
  optionHelp: {
    "--by <what>": "provider (default), model, key, token, user, outcome or tag:<name>",
    "--from <time>": "ISO 8601",
    "--to <time>": "ISO 8601, not included",
  },
  options: { by: { type: "string" }, from: { type: "string" }, to: { type: "string" } },
  positionals: [0, 0],
  async run({ connection, options, isJson }) {
    const query = new URLSearchParams({
      groupBy: textOption(options, "by") ?? "provider",
      from: textOption(options, "from") ?? new Date(Date.now() - WEEK_MS).toISOString(),
    });
    const to = textOption(options, "to");
    if (to !== undefined) query.set("to", to);
    const report = await connection.call<Report>("GET", `usage?${query}`);
    if (isJson) {
      printJson(report);
      return 0;
    }
    const groups = [...Map.groupBy(report.rows, ({ group }) => group)]
      .map(([group, rows]) => ({ group: group || "–", ...sumOf(rows) }))
      .sort((a, b) => b.requests - a.requests);
    const rows = [...groups, { group: "all", ...report.totals }];
    const figure = (of: (row: Sums) => number) => (row: Sums) => of(row).toLocaleString("en");
    printTable(rows, [
      { title: query.get("groupBy") ?? "", of: ({ group }) => group },
      { title: "requests", isNumber: true, of: figure(({ requests }) => requests) },
      { title: "attempts", isNumber: true, of: figure(({ attempts }) => attempts) },
      { title: "input tokens", isNumber: true, of: figure(({ inputTokens }) => inputTokens) },
      { title: "output tokens", isNumber: true, of: figure(({ outputTokens }) => outputTokens) },
      { title: "cost", isNumber: true, of: ({ costUsd }) => `$${costUsd.toFixed(4)}` },
    ]);
    return 0;
  },
};

function sumOf(rows: readonly Sums[]): Sums {
  const sum = (of: (row: Sums) => number) => rows.reduce((total, row) => total + of(row), 0);
  return {
    requests: sum(({ requests }) => requests),
    attempts: sum(({ attempts }) => attempts),
    inputTokens: sum(({ inputTokens }) => inputTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    costUsd: sum(({ costUsd }) => costUsd),
  };
}
