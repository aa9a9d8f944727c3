/**
 * What streams look like at the client and weigh in the Worker, compared with a bare pass-through: the gaps between
 * their chunks, the memory of a thousand idle ones, and of a hundred readers that stalled in 50 MB.
 * @module
 */
import "../scripts/resolve-lib.ts";
import { request as httpRequest } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { buildIfChanged } from "../scripts/build.ts";
import { storeKeys } from "../tests/e2e/stored-rows.ts";
import {
  bundleFront,
  FRONT_SECRET,
  FRONT_TOKEN,
  type Front,
  startBareFront,
  startFront,
  startStore,
} from "./lib/front.ts";
import { residentMiB, startUpstream } from "./lib/processes.ts";
import { median, quantile } from "./lib/quantile.ts";
import { writeResult } from "./lib/write-result.ts";

const ROUNDS = 8;
const CHUNKS = 300;
const GAP_MS = 5;
const IDLE = 1_000;
const STALLED = 100;
/** Of 1 KB. */
const STALLED_CHUNKS = 50 * 1024;

const BODY = JSON.stringify({ model: "gpt-bench", stream: true, messages: [] });
const HEADERS = {
  authorization: `Bearer ${FRONT_TOKEN}`,
  "content-type": "application/json",
  "content-length": String(BODY.length),
};
const pathOf = (kind: string) => `/api/openai/${kind}/chat/completions`;

/** The time from each chunk to the next, in milliseconds. */
function gapsOf({ port }: Front): Promise<readonly number[]> {
  return new Promise((resolve, reject) => {
    const gaps: number[] = [];
    const path = pathOf(`stream-${CHUNKS}-${GAP_MS}`);
    const options = { host: "127.0.0.1", port, path, method: "POST", headers: HEADERS };
    const sent = httpRequest(options, (answer) => {
      let beforeMs: number | null = null;
      answer.on("data", () => {
        const nowMs = performance.now();
        if (beforeMs !== null) gaps.push(nowMs - beforeMs);
        beforeMs = nowMs;
      });
      answer.once("end", () => resolve(gaps)).once("error", reject);
    });
    sent.once("error", reject);
    sent.end(BODY);
  });
}

/** Opens this many streams; returns by how many MiB the Worker's process has grown. */
async function growth(
  { port, pid }: Front,
  kind: string,
  count: number,
  reads: boolean,
): Promise<number> {
  const beforeMiB = residentMiB(pid);
  const head = Object.entries({ host: "x", ...HEADERS }).map((line) => `${line.join(": ")}\r\n`);
  const sockets: Socket[] = [];
  for (let opened = 0; opened < count; opened += 1) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    if (reads) socket.resume();
    else socket.pause();
    socket.write(`POST ${pathOf(kind)} HTTP/1.1\r\n${head.join("")}\r\n${BODY}`);
    sockets.push(socket);
    if (opened % 20 === 19) await sleep(20);
  }
  await sleep(6_000);
  const grownMiB = residentMiB(pid) - beforeMiB;
  for (const socket of sockets) socket.destroy();
  await sleep(500);
  return grownMiB;
}

await buildIfChanged();
const script = await bundleFront();
const upstream = await startUpstream();
const store = await startStore(upstream.url, (database) =>
  storeKeys(database, FRONT_SECRET, "openai", 100),
);
const names = ["bare pass-through", "One Balance"] as const;
type Name = (typeof names)[number];
const start = (name: Name) =>
  name === "One Balance"
    ? startFront(script, store.url, upstream.url)
    : startBareFront(store.url, upstream.url);

/** Each in a new process, which has only served a few streams before. */
async function growthOf(name: Name, kind: string, count: number, reads: boolean): Promise<number> {
  const front = await start(name);
  try {
    for (let warm = 0; warm < 3; warm += 1) await gapsOf(front);
    return await growth(front, kind, count, reads);
  } finally {
    await front.stop();
  }
}

try {
  const gaps: Record<Name, number[]> = { "bare pass-through": [], "One Balance": [] };
  const fronts = {
    "bare pass-through": await start(names[0]),
    "One Balance": await start(names[1]),
  };
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const found = await gapsOf(fronts[name]);
      if (round >= 0) gaps[name].push(...found);
    }
  }
  for (const name of names) await fronts[name].stop();
  const rows = [];
  for (const name of names) {
    rows.push({
      contender: name,
      gapP50Ms: Number(median(gaps[name]).toFixed(2)),
      gapP99Ms: Number(quantile(gaps[name], 0.99).toFixed(2)),
      idleGrowthMiB: Math.round(await growthOf(name, "idle", IDLE, true)),
      stalledGrowthMiB: Math.round(
        await growthOf(name, `stream-${STALLED_CHUNKS}-0`, STALLED, false),
      ),
    });
  }
  console.table(rows);
  await writeResult("held-streams", { rounds: ROUNDS, idle: IDLE, stalled: STALLED, rows });
} finally {
  await store.stop();
  upstream.stop();
}
