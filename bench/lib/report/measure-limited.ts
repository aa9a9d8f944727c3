/**
 * How soon a client has an answer when k of a pool's n keys are limited, and what the requests after it cost.
 *
 * Every round uses a model name that no request had before, so that nothing is known about any key for it; the process
 * and its connections are warm. A client that gets something else than 200 sends its request again at once.
 * @module
 */
import { Agent, request as httpRequest } from "node:http";
import { SeededRandom } from "../../../scripts/demo/seeded-random.ts";
import { quantile } from "../quantile.ts";
import type { ReportContender } from "./contender.ts";
import type { LimitedCell, LimitedRound } from "./report-result.ts";
import { CASE_PATH, type CaseCounts, type LimitedCase } from "./upstream-protocol.ts";

export const KEYS = 20;
export const LIMITED = [0, 5, 10, 15, 19];
export const NEXT_REQUESTS = 200;
export const NEXT_CLIENTS = 4;
/** Of each response of the upstream, rejections too: without it, an attempt would cost nothing on loopback. */
export const UPSTREAM_DELAY_MS = 20;
/** The first answer, and then all of the next, take no longer, or the contender has failed. */
const MOST_MS = 60_000;
const REQUEST_TIMEOUT_MS = 30_000;

interface OpenCell extends LimitedCell {
  readonly rounds: LimitedRound[];
  failed: string | null;
}

export async function measureLimited(
  contenders: readonly ReportContender[],
  wish: { readonly rounds: number; readonly seed: number; readonly upstreamUrl: string },
  report: (line: string) => void,
): Promise<readonly LimitedCell[]> {
  const random = new SeededRandom(wish.seed);
  const upstream = upstreamControl(wish.upstreamUrl);
  // Peers run longer than one report.
  const run = Date.now().toString(36);
  const cells = LIMITED.flatMap((limited) =>
    contenders.map((contender) => {
      const cell: OpenCell = { contender: contender.name, limited, rounds: [], failed: null };
      return { contender, cell };
    }),
  );
  for (let round = 0; round < wish.rounds; round += 1) {
    for (const limited of LIMITED) {
      // The same keys for all contenders.
      const keys = shuffledKeys(random).slice(0, limited);
      for (const { contender, cell } of cells) {
        if (cell.limited !== limited || cell.failed !== null) continue;
        try {
          await upstream.begin({ limited: keys, delayMs: UPSTREAM_DELAY_MS });
          const model = `gpt-${run}-${round}-${limited}`;
          cell.rounds.push(await measureRound(contender, model, upstream));
        } catch (error) {
          cell.failed = error instanceof Error ? error.message : String(error);
          report(`${cell.contender}, ${limited} of ${KEYS} keys limited: ${cell.failed}`);
        }
      }
    }
    report(`limited keys, round ${round + 1} of ${wish.rounds}`);
  }
  await upstream.begin({ limited: [], delayMs: 0 });
  return cells.map(({ cell }) => cell);
}

async function measureRound(
  contender: ReportContender,
  model: string,
  upstream: ReturnType<typeof upstreamControl>,
): Promise<LimitedRound> {
  const client = clientOf(contender, model);
  try {
    const startedMs = performance.now();
    let firstRequests = 1;
    while ((await client.send()) !== 200) {
      if (performance.now() - startedMs > MOST_MS) {
        throw new Error(`no answer after ${firstRequests} requests in ${MOST_MS / 1_000} s`);
      }
      firstRequests += 1;
    }
    const firstAnswerMs = performance.now() - startedMs;
    const first = await upstream.counts();
    const times: number[] = [];
    let begun = 0;
    let nextFailed = 0;
    const untilMs = performance.now() + MOST_MS;
    const worker = async () => {
      while (begun < NEXT_REQUESTS && performance.now() < untilMs) {
        begun += 1;
        const sentMs = performance.now();
        const status = await client.send();
        times.push(performance.now() - sentMs);
        if (status !== 200) nextFailed += 1;
      }
    };
    await Promise.all(Array.from({ length: NEXT_CLIENTS }, worker));
    if (begun < NEXT_REQUESTS) {
      throw new Error(`${begun} of ${NEXT_REQUESTS} requests in ${MOST_MS / 1_000} s`);
    }
    const all = await upstream.counts();
    const answers = NEXT_REQUESTS - nextFailed;
    if (answers === 0) throw new Error(`none of ${NEXT_REQUESTS} requests was answered with 200`);
    const ms = (value: number) => Number(value.toFixed(1));
    return {
      firstAnswerMs: ms(firstAnswerMs),
      firstRequests,
      firstAttempts: first.attempts,
      nextP50Ms: ms(quantile(times, 0.5)),
      nextP99Ms: ms(quantile(times, 0.99)),
      nextFailed,
      nextAttemptsPerAnswer: Number(((all.attempts - first.attempts) / answers).toFixed(3)),
    };
  } finally {
    client.close();
  }
}

/** The last two digits of the keys, in an order of chance. */
function shuffledKeys(random: SeededRandom): string[] {
  return Array.from({ length: KEYS }, (_, index) => String(index).padStart(2, "0"))
    .map((key) => ({ key, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ key }) => key);
}

function upstreamControl(url: string) {
  return {
    async begin(wish: LimitedCase): Promise<void> {
      const response = await fetch(url + CASE_PATH, { method: "PUT", body: JSON.stringify(wish) });
      if (!response.ok) throw new Error(`the upstream answered ${response.status}`);
    },
    async counts(): Promise<CaseCounts> {
      return (await fetch(url + CASE_PATH)).json();
    },
  };
}

function clientOf({ host, port, path, headers }: ReportContender, model: string) {
  const agent = new Agent({ keepAlive: true });
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] });
  const send = () =>
    new Promise<number>((resolve, reject) => {
      const sent = httpRequest(
        {
          agent,
          host,
          port,
          path,
          method: "POST",
          timeout: REQUEST_TIMEOUT_MS,
          headers: {
            "content-type": "application/json",
            "content-length": Buffer.byteLength(body),
            ...headers,
          },
        },
        (answer) => {
          answer.resume();
          answer.once("end", () => resolve(answer.statusCode ?? 0)).once("error", reject);
        },
      );
      sent.once("timeout", () => sent.destroy(new Error("no answer in 30 s")));
      sent.once("error", reject);
      sent.end(body);
    });
  return { send, close: () => agent.destroy() };
}
