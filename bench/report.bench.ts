/**
 * The report that anyone can run: One Balance beside a bare pass-through, a minimal pool and peers, with different
 * bodies, clients and answers, and when some of the keys are limited. Writes docs/benchmarks.md, whose last sections
 * say how to run it and how to add a peer; `lib/report/report-options.ts` has the options.
 * @module
 */
import { readFile } from "node:fs/promises";
import { cpus, release, type } from "node:os";
import { join } from "node:path";
import { buildIfChanged } from "../scripts/build.ts";
import { root } from "../scripts/root.ts";
import { startBare, startMinimal, startOneBalance } from "./lib/contenders.ts";
import { startUpstream } from "./lib/processes.ts";
import {
  ANSWERS,
  ownContender,
  peerContender,
  type ReportContender,
} from "./lib/report/contender.ts";
import {
  KEYS,
  measureLimited,
  NEXT_CLIENTS,
  NEXT_REQUESTS,
  UPSTREAM_DELAY_MS,
} from "./lib/report/measure-limited.ts";
import { measureLoads, measureRound } from "./lib/report/measure-load.ts";
import { writeReportPage } from "./lib/report/page.ts";
import { readReportOptions } from "./lib/report/report-options.ts";
import { type AnswerKind, BARE, type LeftOut, MINIMAL, OURS } from "./lib/report/report-result.ts";
import { writeResult } from "./lib/write-result.ts";

const options = readReportOptions(process.argv.slice(2), process.env);
const say = (line: string) => console.log(line);
const OWN = [
  { name: BARE, hasPool: false, start: startBare },
  { name: MINIMAL, hasPool: false, start: startMinimal },
  { name: OURS, hasPool: true, start: (url: string) => startOneBalance(url, KEYS) },
];

await buildIfChanged();
const upstream = await startUpstream("report/upstream.ts", [String(options.upstreamPort)]);
const open: ReportContender[] = [];
try {
  say(`the upstream is at ${upstream.url}`);
  const failures: LeftOut[] = [];
  for (const { name, hasPool, start } of OWN) {
    try {
      open.push(ownContender(name, await start(upstream.url), hasPool));
    } catch (error) {
      failures.push(...ANSWERS.map((answer) => leaveOut(name, answer, error)));
    }
  }
  open.push(...options.peers.map(peerContender));
  const { contenders, leftOut } = await ready(open);
  const loads = await measureLoads(contenders, options, say);
  const limited = await measureLimited(
    contenders.filter(({ hasPool, answers }) => hasPool && answers.includes("json")),
    { rounds: options.limitedRounds, seed: options.seed, upstreamUrl: upstream.url },
    say,
  );
  await writeResult("report", {
    system: { cpu: cpus()[0]?.model ?? "unknown", os: `${type()} ${release()}` },
    versions: {
      oneBalance: await versionIn("package.json"),
      workerd: await versionIn("node_modules/workerd/package.json"),
    },
    settings: {
      rounds: options.rounds,
      secondsPerRound: options.secondsPerRound,
      limitedRounds: options.limitedRounds,
      keys: KEYS,
      nextRequests: NEXT_REQUESTS,
      nextClients: NEXT_CLIENTS,
      upstreamDelayMs: UPSTREAM_DELAY_MS,
      seed: options.seed,
    },
    contenders: contenders.map(({ name, pid }) => ({ name, isPeer: pid === null })),
    leftOut: [...failures, ...leftOut],
    loads,
    limited,
  });
  await writeReportPage();
  say("docs/benchmarks.md is written");
} finally {
  upstream.stop();
  await Promise.all(open.map((contender) => contender.stop()));
}

/** Those that answer, with the kinds of answers that they give, warmed up. The others are reported and left out. */
async function ready(
  all: readonly ReportContender[],
): Promise<{ contenders: ReportContender[]; leftOut: LeftOut[] }> {
  const contenders: ReportContender[] = [];
  const leftOut: LeftOut[] = [];
  for (const contender of all) {
    const answers: AnswerKind[] = [];
    for (const answer of contender.answers) {
      try {
        await measureRound(contender, { answer, bodyKb: 1, clients: 4 }, options.secondsPerRound);
        answers.push(answer);
      } catch (error) {
        leftOut.push(leaveOut(contender.name, answer, error));
      }
    }
    if (answers.length > 0) contenders.push({ ...contender, answers });
  }
  return { contenders, leftOut };
}

function leaveOut(contender: string, answer: AnswerKind, error: unknown): LeftOut {
  const reason = error instanceof Error ? error.message : String(error);
  say(`${contender}, ${answer}, is left out: ${reason}`);
  return { contender, answer, reason };
}

async function versionIn(file: string): Promise<string> {
  const { version }: { version?: string } = JSON.parse(await readFile(join(root, file), "utf8"));
  return version ?? "unknown";
}
