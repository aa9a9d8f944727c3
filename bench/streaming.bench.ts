/**
 * A 2 MB streamed response: does it arrive byte for byte, how much later than through a bare pass-through, and how much
 * memory does a very slow reader cost.
 * @module
 */
import { createHash } from "node:crypto";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { buildIfChanged } from "../scripts/build.ts";
import { type Contender, startBare, startOneBalance } from "./lib/contenders.ts";
import { residentMiB, runLoad, startUpstream } from "./lib/processes.ts";
import { median, quantile } from "./lib/quantile.ts";
import { STREAM_CHUNK, STREAM_CHUNKS } from "./lib/stream-answer.ts";
import { writeResult } from "./lib/write-result.ts";

const ROUNDS = 10;
const SECONDS = 3;
const SLOW_READERS = 20;

const BODY = JSON.stringify({ model: "gpt-bench", stream: true, messages: [] });

const expectedHash = createHash("sha256")
  .update(Buffer.concat(Array.from({ length: STREAM_CHUNKS }, () => STREAM_CHUNK)))
  .digest("hex");

const streamPath = ({ path }: Contender) => path.replace("chat/completions", "gpt-stream");

async function firstBytesMs(contender: Contender): Promise<readonly number[]> {
  const { port, headers } = contender;
  const path = streamPath(contender);
  const result = await runLoad({
    port,
    path,
    headers,
    body: BODY,
    connections: 2,
    seconds: SECONDS,
  });
  if (result.errors > 0) throw new Error(`${result.errors} requests were not answered 200`);
  const wrong = result.bodyHashes.filter((hash) => hash !== expectedHash);
  if (wrong.length > 0) throw new Error(`${contender.name}: bytes were changed`);
  return result.firstByteMs;
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
  for (const contender of contenders) await firstBytesMs(contender);

  const firstBytes = contenders.map((): number[] => []);
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    for (const [index, contender] of contenders.entries()) {
      firstBytes[index]?.push(...(await firstBytesMs(contender)));
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
      [`growth with ${SLOW_READERS} stalled readers, MiB`]: Math.round(
        growths[index] ?? Number.NaN,
      ),
    };
  });
  console.table(rows);
  await writeResult("streaming", {
    rounds: ROUNDS,
    secondsPerRound: SECONDS,
    slowReaders: SLOW_READERS,
    rows,
  });
} finally {
  upstream.stop();
  await Promise.all(contenders.map((contender) => contender.stop()));
}
