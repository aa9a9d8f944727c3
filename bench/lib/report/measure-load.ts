/**
 * Requests per second, times and CPU of every contender for each kind of request. They take turns, so that whatever
 * else the machine does affects them alike.
 * @module
 */
import { threadsCpuMs } from "../cpu-time.ts";
import { runLoad } from "../processes.ts";
import { quantile } from "../quantile.ts";
import { ANSWERS, type ReportContender } from "./contender.ts";
import type { ReportOptions } from "./report-options.ts";
import type { AnswerKind, LoadCell, LoadRound } from "./report-result.ts";

const TEXT = "What a request of usual size looks like, in lines.\n";

type Sizes = Pick<ReportOptions, "rounds" | "secondsPerRound" | "clients" | "bodiesKb">;

interface OpenCell extends LoadCell {
  readonly rounds: LoadRound[];
  failed: string | null;
}

/** @param report Receives a line for each failure and each round. */
export async function measureLoads(
  contenders: readonly ReportContender[],
  sizes: Sizes,
  report: (line: string) => void,
): Promise<readonly LoadCell[]> {
  const kinds = ANSWERS.flatMap((answer) =>
    sizes.bodiesKb.flatMap((bodyKb) =>
      sizes.clients.map((clients) => ({ answer, bodyKb, clients })),
    ),
  );
  const cells = kinds.flatMap((kind) =>
    contenders
      .filter(({ answers }) => answers.includes(kind.answer))
      .map((contender) => {
        const cell: OpenCell = { contender: contender.name, ...kind, rounds: [], failed: null };
        return { contender, cell };
      }),
  );
  for (let round = 0; round < sizes.rounds; round += 1) {
    const startedMs = performance.now();
    // In the other direction in every second round, so that no one always comes after the same.
    for (const { contender, cell } of round % 2 === 0 ? cells : cells.toReversed()) {
      if (cell.failed !== null) continue;
      try {
        cell.rounds.push(await measureRound(contender, cell, sizes.secondsPerRound));
      } catch (error) {
        cell.failed = error instanceof Error ? error.message : String(error);
        report(
          `${cell.contender}, ${cell.answer}, ${cell.bodyKb} KB, ${cell.clients} clients: ${cell.failed}`,
        );
      }
    }
    const seconds = Math.round((performance.now() - startedMs) / 1_000);
    report(`round ${round + 1} of ${sizes.rounds}: ${seconds} s`);
  }
  return cells.map(({ cell }) => cell);
}

type Kind = Pick<LoadCell, "answer" | "bodyKb" | "clients">;

/** @throws {Error} if a response isn't 200 or doesn't come */
export async function measureRound(
  { host, port, path, headers, pid }: ReportContender,
  { answer, bodyKb, clients }: Kind,
  seconds: number,
): Promise<LoadRound> {
  const body = requestBody(answer, bodyKb);
  const cpuBeforeMs = pid === null ? 0 : threadsCpuMs(pid);
  const load = await runLoad({ host, port, path, headers, body, connections: clients, seconds });
  const cpuMs = pid === null ? null : threadsCpuMs(pid) - cpuBeforeMs;
  if (load.errors > 0) {
    throw new Error(`${load.errors} of ${load.requests} requests were not answered with 200`);
  }
  const ms = (value: number) => Number(value.toFixed(2));
  return {
    requests: load.requests,
    requestsPerSecond: Number((load.requests / load.seconds).toFixed(1)),
    firstByteP50Ms: ms(quantile(load.firstByteMs, 0.5)),
    firstByteP99Ms: ms(quantile(load.firstByteMs, 0.99)),
    wholeP50Ms: ms(quantile(load.wholeMs, 0.5)),
    wholeP99Ms: ms(quantile(load.wholeMs, 0.99)),
    cpuMsPerRequest: cpuMs === null ? null : Number((cpuMs / load.requests).toFixed(3)),
  };
}

/** A chat completion of this many KB, in one message. */
export function requestBody(answer: AnswerKind, kb: number): string {
  const chat = (content: string) =>
    JSON.stringify({
      model: "gpt-bench",
      stream: answer === "stream",
      messages: [{ role: "user", content }],
    });
  const room = kb * 1_000 - chat("").length;
  // Each line end takes two bytes.
  const lines = Math.floor(room / (TEXT.length + 1));
  const filler = "x".repeat(Math.max(0, room - lines * (TEXT.length + 1)));
  return chat(TEXT.repeat(Math.max(0, lines)) + filler);
}
