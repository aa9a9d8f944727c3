import type { Contender } from "./contenders.ts";
import type { LoadResult } from "./load.ts";
import { cpuMs, runLoad } from "./processes.ts";

const CONNECTIONS = 16;

/** A chat of a few turns: 2 KB. */
const BODY = JSON.stringify({
  model: "gpt-bench",
  messages: Array.from({ length: 8 }, (_, turn) => ({
    role: turn % 2 === 0 ? "user" : "assistant",
    content: "What a request of usual size looks like. ".repeat(5),
  })),
});

export interface Round {
  readonly requestsPerSecond: number;
  readonly cpuMsPerRequest: number;
}

/**
 * Rounds of load, for each contender in turn, so that whatever else the machine does affects them alike. The order
 * turns round each time: what a contender leaves behind meets each of the others as often.
 * @returns For each contender its rounds; one before them, to warm up, isn't among them.
 */
export async function takeTurns(
  contenders: readonly Contender[],
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<readonly (readonly Round[])[]> {
  for (const contender of contenders) await round(contender, seconds);
  const all = contenders.map((contender) => ({ contender, rounds: [] as Round[] }));
  for (let turn = 0; turn < rounds; turn += 1) {
    const order = turn % 2 === 0 ? all : all.toReversed();
    for (const { contender, rounds } of order) rounds.push(await round(contender, seconds));
  }
  return all.map((each) => each.rounds);
}

async function round(contender: Contender, seconds: number): Promise<Round> {
  const cpuBeforeMs = cpuMs(contender.pid);
  const { requests, seconds: took } = await playRound(contender, seconds);
  return {
    requestsPerSecond: requests / took,
    cpuMsPerRequest: (cpuMs(contender.pid) - cpuBeforeMs) / requests,
  };
}

/** One round of load. @throws {Error} if a request was not answered 200. */
export async function playRound(
  { port, path, headers }: Contender,
  seconds: number,
): Promise<Pick<LoadResult, "requests" | "seconds">> {
  const plan = { port, path, headers, body: BODY, connections: CONNECTIONS, seconds };
  const result = await runLoad(plan);
  if (result.errors > 0) throw new Error(`${result.errors} requests were not answered 200`);
  return result;
}
