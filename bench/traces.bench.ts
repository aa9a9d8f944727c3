/**
 * What sending traces costs: the same Worker with a receiver and without one, in many short rounds by turns. The
 * receiver is the upstream of the benchmarks, which throws away what it gets, as a collector on another machine would
 * cost this one nothing.
 *
 * The verdict is by the CPU time of a request, of which a full isolate's throughput is the inverse: requests per second
 * depend on whatever else the machine does, by more than what is asked. Traces are sent after responses, so a round's
 * CPU time is counted until the contender's next one.
 * `npm run bench -- traces`
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import { buildIfChanged } from "../scripts/build.ts";
import { type Contender, startOneBalance } from "./lib/contenders.ts";
import { cpuMs, startUpstream } from "./lib/processes.ts";
import { median, medianRange } from "./lib/quantile.ts";
import { playRound } from "./lib/take-turns.ts";
import { writeResult } from "./lib/write-result.ts";

const ROUNDS = 60;
const SECONDS = 0.8;
/** Code is compiled, and connections are opened. */
const WARM_UP_SECONDS = 5;
/** After the last round: what waits is sent. */
const SETTLE_MS = 2_000;
const KEYS = 10;
/** The target: throughput with traces, as a part of that without. */
const LEAST = 0.97;

interface Turn {
  readonly cpuBeforeMs: number;
  readonly requests: number;
  readonly requestsPerSecond: number;
}

async function takeTurn(contender: Contender): Promise<Turn> {
  const cpuBeforeMs = cpuMs(contender.pid);
  const { requests, seconds } = await playRound(contender, SECONDS);
  return { cpuBeforeMs, requests, requestsPerSecond: requests / seconds };
}

/** @param cpuAtEndMs After the last turn. */
function costs(turns: readonly Turn[], cpuAtEndMs: number): readonly number[] {
  return turns.map(({ cpuBeforeMs, requests }, index) => {
    const untilMs = turns[index + 1]?.cpuBeforeMs ?? cpuAtEndMs;
    return (untilMs - cpuBeforeMs) / requests;
  });
}

/** How many requests' traces its isolate has sent and dropped. */
async function tracesOf({ port, headers }: Contender) {
  const text = await (await fetch(`http://127.0.0.1:${port}/api/metrics`, { headers })).text();
  const count = (state: string) =>
    Number(new RegExp(`one_balance_traces\\{state="${state}"\\} (\\d+)`).exec(text)?.[1]);
  return { sent: count("sent"), dropped: count("dropped") };
}

const round = (value: number) => Number(value.toFixed(3));

await buildIfChanged();
const upstream = await startUpstream();
const receiver = await startUpstream();
const started: Contender[] = [];
try {
  const off = await startOneBalance(upstream.url, KEYS);
  started.push(off);
  const on = await startOneBalance(upstream.url, KEYS, {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  });
  started.push(on);
  for (const contender of started) await playRound(contender, WARM_UP_SECONDS);
  await sleep(SETTLE_MS);
  const turns = { off: [] as Turn[], on: [] as Turn[] };
  for (let index = 0; index < ROUNDS; index += 1) {
    turns.off.push(await takeTurn(off));
    turns.on.push(await takeTurn(on));
  }
  await sleep(SETTLE_MS);
  const without = costs(turns.off, cpuMs(off.pid));
  const withTraces = costs(turns.on, cpuMs(on.pid));
  const ratios = without.map((cost, index) => cost / (withTraces[index] ?? Number.NaN));
  const [least, most] = medianRange(ratios);
  const ratio = round(median(ratios));
  const rows = [
    { contender: "without traces", own: turns.off, paid: without },
    { contender: "with traces", own: turns.on, paid: withTraces },
  ].map(({ contender, own, paid }) => ({
    contender,
    requestsPerSecond: Math.round(median(own.map((turn) => turn.requestsPerSecond))),
    cpuMsPerRequest: round(median(paid)),
  }));
  const traces = await tracesOf(on);
  console.table(rows);
  console.log(`traces of ${traces.sent} requests sent, of ${traces.dropped} dropped`);
  const verdict = least >= LEAST ? "ok" : most < LEAST ? "MISSED" : "unsure: measure in quiet";
  console.log(
    `with traces ${ratio} (${round(least)} to ${round(most)}) of the throughput: ${verdict}`,
  );
  await writeResult("traces", {
    ...{ rounds: ROUNDS, secondsPerRound: SECONDS, rows, ratio },
    ...{ least: round(least), most: round(most) },
    traces,
  });
} finally {
  upstream.stop();
  receiver.stop();
  await Promise.all(started.map((contender) => contender.stop()));
}
