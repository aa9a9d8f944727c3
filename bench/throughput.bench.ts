/**
 * How much of a bare pass-through's throughput the Worker's entry point keeps, and what a request costs in CPU time.
 * The contenders take turns, so that whatever else the machine does affects them alike. `BEFORE` names another built
 * tree that takes part.
 * @module
 */
import { buildIfChanged } from "../scripts/build.ts";
import {
  type Contender,
  startBare,
  startBefore,
  startMinimal,
  startOneBalance,
} from "./lib/contenders.ts";
import { startUpstream } from "./lib/processes.ts";
import { median } from "./lib/quantile.ts";
import { takeTurns } from "./lib/take-turns.ts";
import { writeResult } from "./lib/write-result.ts";

const ROUNDS = 15;
const SECONDS = 1.5;

await buildIfChanged();
const upstream = await startUpstream();
const contenders: Contender[] = [];
try {
  contenders.push(await startBare(upstream.url));
  contenders.push(await startMinimal(upstream.url));
  contenders.push(await startOneBalance(upstream.url, 10));
  contenders.push(await startOneBalance(upstream.url, 10_000));
  const before = await startBefore(upstream.url, 10);
  if (before !== null) contenders.push(before);

  const rounds = await takeTurns(contenders, { rounds: ROUNDS, seconds: SECONDS });
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
