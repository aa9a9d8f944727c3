/**
 * How much of a bare pass-through's throughput the Worker's entry point keeps, and what a request costs in CPU time.
 * The contenders take turns, so that whatever else the machine does affects them alike.
 * @module
 */
import { buildIfChanged } from "../scripts/build.ts";
import { type Contender, startBare, startMinimal, startOneBalance } from "./lib/contenders.ts";
import { cpuMs, runLoad, startUpstream } from "./lib/processes.ts";
import { median } from "./lib/quantile.ts";
import { writeResult } from "./lib/write-result.ts";

const ROUNDS = 15;
const SECONDS = 1.5;
const CONNECTIONS = 16;

/** A chat of a few turns: 2 KB. */
const BODY = JSON.stringify({
  model: "gpt-bench",
  messages: Array.from({ length: 8 }, (_, turn) => ({
    role: turn % 2 === 0 ? "user" : "assistant",
    content: "What a request of usual size looks like. ".repeat(5),
  })),
});

interface Round {
  readonly requestsPerSecond: number;
  readonly cpuMsPerRequest: number;
}

async function round({ port, path, headers, pid }: Contender): Promise<Round> {
  const cpuBeforeMs = cpuMs(pid);
  const result = await runLoad({
    port,
    path,
    headers,
    body: BODY,
    connections: CONNECTIONS,
    seconds: SECONDS,
  });
  if (result.errors > 0) throw new Error(`${result.errors} requests were not answered 200`);
  return {
    requestsPerSecond: result.requests / result.seconds,
    cpuMsPerRequest: (cpuMs(pid) - cpuBeforeMs) / result.requests,
  };
}

await buildIfChanged();
const upstream = await startUpstream();
const contenders: Contender[] = [];
try {
  contenders.push(await startBare(upstream.url));
  contenders.push(await startMinimal(upstream.url));
  contenders.push(await startOneBalance(upstream.url, 10));
  contenders.push(await startOneBalance(upstream.url, 10_000));
  for (const contender of contenders) await round(contender);

  const rounds = contenders.map((): Round[] => []);
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    for (const [index, contender] of contenders.entries()) {
      rounds[index]?.push(await round(contender));
    }
  }
  const [bare = []] = rounds;
  const rows = contenders.map(({ name }, index) => {
    const own = rounds[index] ?? [];
    const ratios = own.map(
      (each, turn) => each.requestsPerSecond / (bare[turn]?.requestsPerSecond ?? Number.NaN),
    );
    return {
      contender: name,
      requestsPerSecond: Math.round(median(own.map((each) => each.requestsPerSecond))),
      ratioToBare: Number(median(ratios).toFixed(3)),
      cpuMsPerRequest: Number(median(own.map((each) => each.cpuMsPerRequest)).toFixed(3)),
    };
  });
  console.table(rows);
  await writeResult("throughput", { rounds: ROUNDS, secondsPerRound: SECONDS, rows });
} finally {
  upstream.stop();
  await Promise.all(contenders.map((contender) => contender.stop()));
}
