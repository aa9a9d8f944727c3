/**
 * A 2 MB streamed response: does it arrive byte for byte, how much later than through a bare pass-through, how much
 * CPU a chunk costs, and how much memory a very slow reader. `BEFORE` names another built tree that takes part.
 * @module
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { buildIfChanged } from "../scripts/build.ts";
import { type Contender, startBare, startBefore, startOneBalance } from "./lib/contenders.ts";
import { cpuMs, residentMiB, runLoad, startUpstream } from "./lib/processes.ts";
import { median, quantile } from "./lib/quantile.ts";
import { STREAM_CHUNK, STREAM_CHUNKS } from "./lib/stream-answer.ts";
import { writeResult } from "./lib/write-result.ts";

/** Per contender, in turns. */
const STREAMS = 250;
const WARM_UP = 20;
const PAUSE_MS = 15;
const ROUNDS = 8;
const SECONDS = 1.5;
const SLOW_READERS = 20;

const BODY = JSON.stringify({ model: "gpt-bench", stream: true, messages: [] });

const expectedHash = createHash("sha256")
  .update(Buffer.concat(Array.from({ length: STREAM_CHUNKS }, () => STREAM_CHUNK)))
  .digest("hex");

const streamPath = ({ path }: Contender) => path.replace("chat/completions", "gpt-stream");

/** One stream after the other, and a pause: what a client waits for, not what two cores have to do at once. */
async function firstByteMs({ port, headers }: Contender, path: string, agent: http.Agent) {
  const startedMs = performance.now();
  const request = http.request({
    ...{ host: "127.0.0.1", port, path, method: "POST", agent },
    headers: { ...headers, "content-length": String(BODY.length) },
  });
  request.end(BODY);
  const [response] = (await once(request, "response")) as [http.IncomingMessage];
  let firstMs: number | null = null;
  const hash = createHash("sha256");
  for await (const chunk of response) {
    firstMs ??= performance.now() - startedMs;
    hash.update(chunk);
  }
  if (firstMs === null || hash.digest("hex") !== expectedHash) {
    throw new Error(`${path}: status ${response.statusCode}, bytes were changed`);
  }
  await sleep(PAUSE_MS);
  return firstMs;
}

/** At full speed. */
async function cpuUsPerChunk(contender: Contender): Promise<number> {
  const { port, headers, pid } = contender;
  const beforeMs = cpuMs(pid);
  const load = { port, path: streamPath(contender), headers, body: BODY };
  const result = await runLoad({ ...load, connections: 1, seconds: SECONDS });
  if (result.errors > 0) throw new Error(`${result.errors} requests were not answered 200`);
  const wrong = result.bodyHashes.filter((hash) => hash !== expectedHash);
  if (wrong.length > 0) throw new Error(`${contender.name}: bytes were changed`);
  return ((cpuMs(pid) - beforeMs) * 1e3) / (result.requests * STREAM_CHUNKS);
}

/** Opens streams and reads nothing; returns by how many MiB the Worker's process grew. */
async function growthWithSlowReaders(contender: Contender): Promise<number> {
  const { port, headers, pid } = contender;
  const before = residentMiB(pid);
  const lines = Object.entries({ host: "x", "content-length": String(BODY.length), ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const sockets = Array.from({ length: SLOW_READERS }, () => {
    const socket = connect(port, "127.0.0.1");
    socket.pause();
    socket.write(`POST ${streamPath(contender)} HTTP/1.1\r\n${head}\r\n${BODY}`);
    return socket;
  });
  await sleep(4_000);
  const growth = residentMiB(pid) - before;
  for (const socket of sockets) socket.destroy();
  return growth;
}

await buildIfChanged();
const upstream = await startUpstream();
const contenders: Contender[] = [];
try {
  contenders.push(await startBare(upstream.url));
  contenders.push(await startOneBalance(upstream.url, 10));
  const before = await startBefore(upstream.url, 10);
  if (before !== null) contenders.push(before);
  const agents = contenders.map(() => new http.Agent({ keepAlive: true, maxSockets: 1 }));
  const firstBytes = contenders.map((): number[] => []);
  for (let turn = -WARM_UP; turn < STREAMS; turn += 1) {
    for (const [index, contender] of contenders.entries()) {
      const agent = agents[index];
      if (agent === undefined) continue;
      const ms = await firstByteMs(contender, streamPath(contender), agent);
      if (turn >= 0) firstBytes[index]?.push(ms);
    }
  }
  for (const agent of agents) agent.destroy();
  const cpuUs = contenders.map((): number[] => []);
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    for (const [index, contender] of contenders.entries()) {
      cpuUs[index]?.push(await cpuUsPerChunk(contender));
    }
  }
  const growths: number[] = [];
  for (const contender of contenders) growths.push(await growthWithSlowReaders(contender));

  const [bare = []] = firstBytes;
  const rows = contenders.map(({ name }, index) => {
    const own = firstBytes[index] ?? [];
    return {
      contender: name,
      streams: own.length,
      firstByteP50Ms: Number(median(own).toFixed(2)),
      firstByteP99Ms: Number(quantile(own, 0.99).toFixed(2)),
      ratioP50: Number((median(own) / median(bare)).toFixed(2)),
      ratioP99: Number((quantile(own, 0.99) / quantile(bare, 0.99)).toFixed(2)),
      cpuUsPerChunk: Number(median(cpuUs[index] ?? []).toFixed(1)),
      [`growth with ${SLOW_READERS} stalled readers, MiB`]: Math.round(
        growths[index] ?? Number.NaN,
      ),
    };
  });
  console.table(rows);
  await writeResult("streaming", {
    streams: STREAMS,
    rounds: ROUNDS,
    secondsPerRound: SECONDS,
    slowReaders: SLOW_READERS,
    rows,
  });
} finally {
  upstream.stop();
  await Promise.all(contenders.map((contender) => contender.stop()));
}
