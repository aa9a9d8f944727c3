/**
 * docs/benchmarks.md, its charts and the README's sentence, as text.
 * @module
 */
import { page, table } from "../../../scripts/docs/markdown-parts.ts";
import { barChart } from "../charts/bar-chart.ts";
import {
  billedUses,
  type CostSources,
  CPU_ROW,
  LEASED,
  type Leases,
  type Log,
  METERED,
} from "./billed-uses.ts";
import { PLAN_USD, PRICES_READ_ON } from "./cloudflare-prices.ts";
import { freePlanDays, listUsd, monthUsd } from "./cost.ts";
import { BARE, type LoadRound, MINIMAL, OURS, type ReportResult } from "./report-result.ts";
import {
  cellOf,
  figureOf,
  type Kind,
  kindsOf,
  type LimitedFigures,
  limitedFigures,
  ratioTo,
} from "./summary.ts";

const SHARE_CHART = "docs/images/benchmarks-share.svg";
const FIRST_BYTE_CHART = "docs/images/benchmarks-first-byte.svg";
const LIMITED_CHART = "docs/images/benchmarks-limited.svg";

const NOT_MEASURED = "–";

export function reportPage(result: ReportResult, sources: CostSources): string {
  return page(
    "# Benchmarks",
    "<!-- Made by npm run bench -- report, and from its results by npx node bench/lib/report/page.ts. -->",
    ...aboutPart(result),
    ...shortPart(result, sources),
    ...loadPart(result),
    ...limitedPart(result),
    ...costPart(sources),
    ...runPart(),
    ...limitsPart(),
  );
}

function aboutPart({ measuredAt, machine, system, versions, settings }: ReportResult) {
  const isShort = settings.rounds < 3 || settings.secondsPerRound < 1;
  return [
    `\`npm run bench -- report\` measures One Balance beside a Worker that only forwards requests (the bare pass-through), a Worker that does the least that any pool of keys must do (the minimal pool: it reads both bodies and sets a key), and other programs, if some are [added](#add-a-peer). All of them run on one machine and call the same upstream there, which responds at once. The contenders take turns within each round; ratios compare the same round, and each figure is the median of the rounds.`,
    `Measured on ${measuredAt.slice(0, 10)}: ${machine.cores} cores (${system.cpu}, ${machine.arch}), ${system.os}, Node ${machine.node}, workerd ${versions.workerd}, One Balance ${versions.oneBalance}, ${count(settings.rounds, "round")} of ${settings.secondsPerRound} s for each kind of request. All rounds are in [report.json](../bench/results/report.json).`,
    ...(isShort
      ? [
          "**This was a short run.** Its figures show that everything works; they differ from run to run by more than most differences between the contenders.",
        ]
      : []),
  ];
}

function shortPart(result: ReportResult, sources: CostSources) {
  const kind = (answer: Kind["answer"]) => usualKind(result, answer);
  const one = {
    ...kind("json"),
    clients: least(kindsOf(result).map((each) => each.clients)),
  };
  const added = (field: keyof LoadRound & `${string}Ms`) =>
    difference(figureOf(result, OURS, one, field), figureOf(result, BARE, one, field));
  const cost = billedUses(sources).find(({ log, leases }) => log === "all" && leases === "unused");
  const limited = limitedOf(result, OURS);
  const half = limited.get(10);
  const most = limited.get(19);
  return [
    "## In short",
    [
      `- ${count(kind("json").clients, "client")}, bodies of ${sizeOf(kind("json").bodyKb)}: One Balance serves ${share(ratioTo(result, OURS, kind("json")))} of the bare pass-through's requests per second with JSON and ${share(ratioTo(result, OURS, kind("stream")))} with streams, and ${share(ratioTo(result, OURS, kind("json"), MINIMAL))} and ${share(ratioTo(result, OURS, kind("stream"), MINIMAL))} of the minimal pool's. Metering, the request log and rate limiting are on.`,
      `- ${count(one.clients, "client")}, JSON: it adds ${milliseconds(added("firstByteP50Ms"))} to the median time to the first byte, ${milliseconds(added("firstByteP99Ms"))} to p99.`,
      ...peersLine(result, kind("json"), kind("stream")),
      ...(half && most
        ? [
            `- With 10 of 20 keys limited, a client's first answer takes ${attempts(half.firstAttempts)} and each answer after it ${half.attemptsPerAnswer.toFixed(2)}; with 19 of 20, ${attempts(most.firstAttempts)} and ${most.attemptsPerAnswer.toFixed(2)}.`,
          ]
        : []),
      ...(cost === undefined
        ? []
        : [
            `- A million requests with the full log cost ${usd(listUsd(cost.use))} by Cloudflare's list, beyond what the plan includes; on the free plan they take ${freePlanDays(cost.use).days.toFixed(1)} days.`,
          ]),
    ].join("\n"),
  ];
}

/** The peers' shares, as ours are stated. */
function peersLine(result: ReportResult, json: Kind, stream: Kind): readonly string[] {
  const peers = result.contenders
    .filter(({ isPeer }) => isPeer)
    .map(
      ({ name }) =>
        `${name} ${share(ratioTo(result, name, json))} with JSON and ${share(ratioTo(result, name, stream))} with streams`,
    );
  return peers.length === 0 ? [] : [`- In the same rounds: ${peers.join("; ")}.`];
}

function loadPart(result: ReportResult) {
  const kinds = kindsOf(result);
  const failed = [
    ...result.leftOut.map(
      ({ contender, answer, reason }) =>
        `- ${contender}, ${answer === "json" ? "JSON" : "streams"}: ${reason}`,
    ),
    ...result.loads.flatMap(({ failed: reason, ...cell }) =>
      reason === null
        ? []
        : [`- ${cell.contender}, ${kindName(cell)}, ${count(cell.clients, "client")}: ${reason}`],
    ),
  ];
  return [
    "## Requests per second",
    "Each client has one connection and sends its next request when the response is complete. The size is that of the request's body. A JSON response has 1 KB, a stream 64 events of 1 KB, sent as fast as possible, and the end of a complete stream: a finish reason, the usage, `[DONE]`.",
    `![Requests per second relative to the bare pass-through, by kind of request](images/benchmarks-share.svg)`,
    "Relative to the bare pass-through, with requests per second in brackets:",
    loadTable({
      kinds,
      contenders: namesOf(result),
      cell: (contender, kind) => {
        const ratio = ratioTo(result, contender, kind);
        const perSecond = figureOf(result, contender, kind, "requestsPerSecond");
        return perSecond === null
          ? NOT_MEASURED
          : `${ratio === null ? NOT_MEASURED : ratio.toFixed(2)} (${thousands(perSecond)})`;
      },
    }),
    "## Time to the first byte",
    `![Median time to the first byte by kind of request](images/benchmarks-first-byte.svg)`,
    "Median and p99 in milliseconds:",
    timesTable(result, "firstByteP50Ms", "firstByteP99Ms", kinds),
    "## Time to the last byte",
    "Median and p99 in milliseconds. Of a JSON response, the last byte comes with the first ([report.json](../bench/results/report.json) has both).",
    timesTable(
      result,
      "wholeP50Ms",
      "wholeP99Ms",
      kinds.filter(({ answer }) => answer === "stream"),
    ),
    "## CPU time",
    "Milliseconds of the contender's process per request, of all threads, network and memory included. Peers are processes that the benchmark didn't start, so theirs isn't measured.",
    loadTable({
      kinds: kinds.filter(({ clients }) => clients === usualKind(result, "json").clients),
      contenders: result.contenders.filter(({ isPeer }) => !isPeer).map(({ name }) => name),
      cell: (contender, kind) =>
        figureOf(result, contender, kind, "cpuMsPerRequest")?.toFixed(2) ?? NOT_MEASURED,
    }),
    ...(failed.length === 0 ? [] : ["Not measured:", failed.join("\n")]),
  ];
}

function limitedPart(result: ReportResult) {
  const { settings } = result;
  const rows = result.limited.map((cell) => {
    const figures = limitedFigures(cell);
    const name = [`${cell.limited} of ${settings.keys}`, cell.contender];
    if (figures === null) return [...name, cell.failed ?? NOT_MEASURED, "", "", "", "", ""];
    return [
      ...name,
      `${milliseconds(figures.firstAnswerMs)} (${milliseconds(figures.slowestFirstMs)})`,
      `${figures.firstAttempts} (${figures.mostFirstAttempts})`,
      milliseconds(figures.nextP50Ms),
      milliseconds(figures.nextP99Ms),
      figures.attemptsPerAnswer.toFixed(2),
      `${figures.failedFirst}, ${figures.failedNext}`,
    ];
  });
  return [
    "## When keys are limited",
    `A pool has ${settings.keys} keys of equal weight, and the upstream rejects some of them with 429 and \`Retry-After: 60\`. Which ones is drawn by chance (seed ${settings.seed}), the same for every contender; ${count(settings.limitedRounds, "round")}. Each case uses a model name that no request had before, so the pool knows nothing about its keys for it; the process is warm. One client sends a request, and sends it again at once if it gets something else than 200, until it has an answer. Then ${settings.nextClients} clients send ${settings.nextRequests} requests. The upstream takes ${settings.upstreamDelayMs} ms for each response, rejections too: no answer can come sooner.`,
    `![Time to the first answer by number of limited keys](images/benchmarks-limited.svg)`,
    "Medians of the rounds, with the worst round in brackets. An attempt is a request that arrives at the upstream.",
    table(
      [
        ...["Limited", "Contender", "First answer", "Its attempts", "Next, p50", "Next, p99"],
        ...["Attempts per answer", "Failed, first and next"],
      ],
      rows,
    ),
  ];
}

const LOG_NAMES: Readonly<Record<Log, string>> = {
  all: "all requests",
  sampled: "one in ten",
  none: "off",
};
const LEASE_NAMES: Readonly<Record<Leases, string>> = {
  unused: "none near its limit",
  store: "at limits, over D1",
  object: "at limits, objects",
};
const LIMIT_NAMES = {
  requests: "requests",
  cpuMs: "CPU time",
  rowsWritten: "rows written",
  rowsRead: "rows read",
  objectRequests: "objects' requests",
  objectGbSeconds: "objects' GB-s",
} as const;

function costPart(sources: CostSources) {
  const all = billedUses(sources);
  const uses = all.map(({ log, leases, use }) => [
    LOG_NAMES[log],
    LEASE_NAMES[leases],
    thousands(use.rowsWritten),
    thousands(use.rowsRead),
    thousands(use.objectRequests),
    thousands(use.objectGbSeconds),
  ]);
  const costs = all.map(({ log, leases, use }) => {
    const { days, limit } = freePlanDays(use);
    return [
      LOG_NAMES[log],
      LEASE_NAMES[leases],
      usd(listUsd(use)),
      ...[10, 100].map((millions) => usd(monthUsd(use, millions))),
      `${days.toFixed(1)} (${LIMIT_NAMES[limit]})`,
    ];
  });
  const requests = all[0]?.use;
  return [
    "## What it costs",
    `For a million proxied JSON requests on Cloudflare, by its price list of ${PRICES_READ_ON} ([cloudflare-prices.ts](../bench/lib/report/cloudflare-prices.ts) has the prices and their sources). The second column is what the access tokens' limits need: nothing while tokens stay far below them, and [leases](operations.md#shared-limits) near them, which D1 or Durable Objects grant. The successful part of the log can be one in ten (Settings > Logging and retention).`,
    table(
      [
        ...["Log", "Limits of tokens", "Rows written", "Rows read", "Objects' requests"],
        "Objects' GB-s",
      ],
      uses,
    ),
    `In addition, each row has a million requests${requests === undefined ? "" : ` and ${thousands(requests.cpuMs)} ms of CPU`}. List price means beyond what a month includes; a month's bill has the plan's ${usd(PLAN_USD)}, and what it includes is deducted. Days are those of the free plan, with the limit that decides.`,
    table(
      [
        ...["Log", "Limits of tokens", "List price", "Month of 10 million"],
        ...["Month of 100 million", "Days on the free plan"],
      ],
      costs,
    ),
    `Rows written are measured at 100 requests per second, with ${METERED.keys} keys on ${METERED.isolates} isolates ([metering.json](../bench/results/metering.json)); the sampled log is computed from the full one and none. A request that is alone in its second writes [up to four rows](deploy.md#free-plan). Leases are simulated for tokens that use half of 1,200 requests per minute, ${LEASED.perSecond} per second, on 8 isolates ([isolates.json](../bench/results/isolates.json)); an object's GB-s are those of one that never hibernates meanwhile. CPU is "${CPU_ROW}" of [free-plan.json](../bench/results/free-plan.json), the bare Worker's part included. From 60 % of the daily rows on, metering [logs less](operations.md#written-rows) on its own, so the free plan's days with the full log are those of a setting that allows more.`,
  ];
}

function runPart() {
  return [
    "## Run it yourself",
    "It takes 6 to 8 minutes on two cores, and rewrites this page, its charts, the sentence in the README and [report.json](../bench/results/report.json). Nothing else should run on the machine meanwhile.",
    "<!-- not run: it takes minutes -->\n```bash\nnpm run bench -- report\n```",
    "Variables change its size: `REPORT_ROUNDS` (4), `REPORT_SECONDS` per round (1), `REPORT_LIMITED_ROUNDS` (8), `REPORT_CLIENTS` (`1,16,64`), `REPORT_BODIES_KB` (`1,100,1000`), `SEED` (1). This takes about a minute, most of it for the build and the start:",
    "<!-- not run: it rewrites this page -->\n```bash\nREPORT_ROUNDS=1 REPORT_SECONDS=0.2 REPORT_LIMITED_ROUNDS=1 npm run bench -- report\n```",
    "## Add a peer",
    "A peer is any program that serves OpenAI's chat completions at an `http://` address. Start it before the benchmark, with `http://127.0.0.1:9100` as its provider: with peers, the upstream is there (`REPORT_UPSTREAM_PORT` changes it), and answers at every path. `--peer` names the address of its chat completions, `--peer-header` a header that its requests need; `$NAME` in it is taken from that variable, so that no key is in your shell's history. All may be repeated.",
    "If its pool has 20 keys whose last two digits are `00` to `19`, `--peer-pool` includes it in the measurement with limited keys. A contender that doesn't answer, or answers something else than 200, is reported and left out.",
    "[Portkey's gateway](https://github.com/Portkey-AI/gateway), from npm, takes its keys with each request: here all twenty, each to be tried if the one before it got 429.",
    `<!-- not run: it installs another program -->\n\`\`\`bash\n${PORTKEY_COMMANDS}\n\`\`\``,
    "A Worker, such as the original one-balance, runs on workerd with Miniflare, with AI Gateway's address replaced by the upstream's. `wrangler dev` has a proxy of Node in front of workerd, which would be measured with it: about 300 requests per second.",
  ];
}

const PORTKEY_COMMANDS = [
  "npx @portkey-ai/gateway --port=9201 --headless &",
  "export PORTKEY_CONFIG=$(node -p 'JSON.stringify({",
  '  strategy: { mode: "fallback", on_status_codes: [429] },',
  "  targets: [...Array(20).keys()].map((n) => ({",
  '    provider: "openai",',
  '    custom_host: "http://127.0.0.1:9100/v1",',
  '    api_key: "sk-bench-" + String(n).padStart(2, "0"),',
  "  })),",
  "})')",
  "npm run bench -- report \\",
  "  --peer Portkey=http://127.0.0.1:9201/v1/chat/completions \\",
  "  --peer-header 'Portkey=x-portkey-config: $PORTKEY_CONFIG' \\",
  "  --peer-pool Portkey",
].join("\n");

function limitsPart() {
  return [
    "## What the figures don't show",
    [
      "- A provider takes hundreds of milliseconds for an answer, this upstream almost none. Ratios of requests per second are what a machine that does nothing else could serve; with a real provider, no one notices such a difference.",
      "- Everything is on one machine: the load, the upstream and the contender share its cores. That flattens ratios, most of all with large bodies. Absolute figures of another machine differ.",
      "- It is workerd on loopback, not Cloudflare's network. Cold starts, distances and D1 over a network are missing; [Deploy](deploy.md#cpu-time) has cold isolates, and [Shared limits](operations.md#shared-limits) several of them.",
      "- The contenders don't do the same work. The bare pass-through and the minimal pool have no access tokens, no metering, no log and no database. A peer is as it was configured.",
      "- One model, one kind of request, valid answers. How the pool recovers from outages and uses quotas over minutes is measured in [The pool, measured](../bench/pool-measured.md) and [Isolates, measured](../bench/isolates-measured.md).",
      "- Costs exclude storage, the portal's pages, maintenance, and AI Gateway. No bill was compared with them.",
    ].join("\n"),
  ];
}

export function reportCharts(result: ReportResult): readonly (readonly [string, string])[] {
  const clients = usualKind(result, "json").clients;
  const kinds = kindsOf(result).filter((kind) => kind.clients === clients);
  const groups = kinds.map(kindName);
  const names = namesOf(result);
  const limited = [...new Set(result.limited.map((cell) => cell.limited))];
  const pools = [...new Set(result.limited.map(({ contender }) => contender))];
  return [
    [
      SHARE_CHART,
      barChart({
        title: `Requests per second, bare pass-through = 1; ${count(clients, "client")}`,
        groups,
        series: names
          .filter((name) => name !== BARE)
          .map((name) => ({
            name,
            color: colorOf(result, name),
            values: kinds.map((kind) => ratioTo(result, name, kind)),
          })),
        format: (ratio) => ratio.toFixed(2),
        line: 1,
      }),
    ],
    [
      FIRST_BYTE_CHART,
      barChart({
        title: `Median time to the first byte; ${count(clients, "client")}`,
        groups,
        series: names.map((name) => ({
          name,
          color: colorOf(result, name),
          values: kinds.map((kind) => figureOf(result, name, kind, "firstByteP50Ms")),
        })),
        format: milliseconds,
      }),
    ],
    [
      LIMITED_CHART,
      barChart({
        title: "Median time to the first answer for a new model",
        groups: limited.map((each) => `${each} of ${result.settings.keys} keys limited`),
        series: pools.map((name) => ({
          name,
          color: colorOf(result, name),
          values: limited.map((each) => limitedOf(result, name).get(each)?.firstAnswerMs ?? null),
        })),
        format: milliseconds,
      }),
    ],
  ];
}

/** One Balance has the first color, and each contender the same in all charts. */
function colorOf(result: ReportResult, name: string): number {
  return [OURS, ...namesOf(result).filter((each) => each !== OURS)].indexOf(name);
}

const FAST = /^- \*\*Is fast\.\*\* .*$/m;

/** The README with the report's figures. */
export function withFastSentence(readme: string, result: ReportResult): string {
  const [json, stream] = (["json", "stream"] as const).map((answer) =>
    ratioTo(result, OURS, usualKind(result, answer)),
  );
  return readme.replace(
    FAST,
    () =>
      `- **Is fast.** With metering, logging and rate limiting on, it serves ${share(json ?? null)} of the JSON requests per second of a Worker that only forwards them, and ${share(stream ?? null)} of the streams: [benchmarks](docs/benchmarks.md) beside other programs, with costs (\`bench/results/report.json\`).`,
  );
}

function limitedOf(result: ReportResult, contender: string): Map<number, LimitedFigures> {
  return new Map(
    result.limited
      .filter((cell) => cell.contender === contender)
      .flatMap((cell) => {
        const figures = limitedFigures(cell);
        return figures === null ? [] : [[cell.limited, figures] as const];
      }),
  );
}

/** 16 clients and the smallest body, or what is nearest to it. */
function usualKind(result: ReportResult, answer: Kind["answer"]): Kind {
  const kinds = kindsOf(result);
  const clients = [...new Set(kinds.map((kind) => kind.clients))];
  const nearest = clients.reduce(
    (best, each) => (Math.abs(each - 16) < Math.abs(best - 16) ? each : best),
    clients[0] ?? 16,
  );
  return { answer, bodyKb: least(kinds.map((kind) => kind.bodyKb)), clients: nearest };
}

function namesOf({ contenders }: ReportResult): string[] {
  return contenders.map(({ name }) => name);
}

/** 1 if nothing was measured. */
function least(values: readonly number[]): number {
  return values.length === 0 ? 1 : Math.min(...values);
}

function loadTable(wish: {
  readonly kinds: readonly Kind[];
  readonly contenders: readonly string[];
  readonly cell: (contender: string, kind: Kind) => string;
}): string {
  return table(
    ["Request", "Clients", ...wish.contenders],
    wish.kinds.map((kind) => [
      kindName(kind),
      String(kind.clients),
      ...wish.contenders.map((name) => wish.cell(name, kind)),
    ]),
  );
}

function timesTable(
  result: ReportResult,
  p50: keyof LoadRound & `${string}P50Ms`,
  p99: keyof LoadRound & `${string}P99Ms`,
  kinds: readonly Kind[],
): string {
  return loadTable({
    kinds,
    contenders: namesOf(result),
    cell: (contender, kind) =>
      cellOf(result, contender, kind) === null
        ? NOT_MEASURED
        : [p50, p99]
            .map((field) => figureOf(result, contender, kind, field)?.toFixed(1) ?? NOT_MEASURED)
            .join(" / "),
  });
}

function kindName({ answer, bodyKb }: Kind): string {
  return `${answer === "json" ? "JSON" : "stream"}, ${sizeOf(bodyKb)}`;
}

function sizeOf(kb: number): string {
  return kb >= 1_000 ? `${kb / 1_000} MB` : `${kb} KB`;
}

function share(ratio: number | null): string {
  return ratio === null ? NOT_MEASURED : `${Math.round(ratio * 100)} %`;
}

function difference(value: number | null, base: number | null): number | null {
  return value === null || base === null ? null : value - base;
}

function milliseconds(value: number | null): string {
  return value === null ? NOT_MEASURED : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

function attempts(number: number): string {
  return count(number, "attempt");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function thousands(value: number): string {
  return value < 10 ? value.toFixed(1).replace(".0", "") : Math.round(value).toLocaleString("en");
}

function usd(value: number): string {
  return `$${value.toFixed(2)}`;
}
