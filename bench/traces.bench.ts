/**
 * What sending traces costs: the same Worker with a receiver and without one, in turns. The receiver is the upstream of
 * the benchmarks, which throws away what it gets, as a collector on another machine would cost this one nothing.
 * `npm run bench -- traces`
 * @module
 */
import { buildIfChanged } from "../scripts/build.ts";
import { type Contender, startOneBalance } from "./lib/contenders.ts";
import { startUpstream } from "./lib/processes.ts";
import { median } from "./lib/quantile.ts";
import { takeTurns } from "./lib/take-turns.ts";
import { writeResult } from "./lib/write-result.ts";

const ROUNDS = 30;
const SECONDS = 1.5;
const KEYS = 10;
/** The target: throughput with traces, as a part of that without. */
const LEAST = 0.97;

await buildIfChanged();
const upstream = await startUpstream();
const receiver = await startUpstream();
const contenders: Contender[] = [];
try {
  contenders.push(await startOneBalance(upstream.url, KEYS));
  const vars = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
  contenders.push(await startOneBalance(upstream.url, KEYS, vars));
  const [off = [], on = []] = await takeTurns(contenders, { rounds: ROUNDS, seconds: SECONDS });
  const rows = [
    ["without traces", off],
    ["with traces", on],
  ] as const;
  const figures = rows.map(([contender, own]) => ({
    contender,
    requestsPerSecond: Math.round(median(own.map((each) => each.requestsPerSecond))),
    cpuMsPerRequest: Number(median(own.map((each) => each.cpuMsPerRequest)).toFixed(3)),
  }));
  const ratios = on.map(
    (each, turn) => each.requestsPerSecond / (off[turn]?.requestsPerSecond ?? Number.NaN),
  );
  const ratio = Number(median(ratios).toFixed(3));
  console.table(figures);
  console.log(`with traces ${ratio} of the throughput: ${ratio >= LEAST ? "ok" : "MISSED"}`);
  await writeResult("traces", { rounds: ROUNDS, secondsPerRound: SECONDS, rows: figures, ratio });
} finally {
  upstream.stop();
  receiver.stop();
  await Promise.all(contenders.map((contender) => contender.stop()));
}
