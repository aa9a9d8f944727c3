/**
 * What `kill -9` of `npm start` loses under load: five times on one data folder, each at another moment. A request is
 * counted if the usage includes it after the next start, lost if it was answered and isn't counted.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { databaseFile } from "../scripts/database-watch.ts";
import { SeededRandom } from "../scripts/demo/seeded-random.ts";
import { root } from "../scripts/root.ts";
import { startUpstream } from "./lib/processes.ts";
import { writeResult } from "./lib/write-result.ts";

const KILLS = 5;
const CONNECTIONS = 8;
const SEED = 20_261_130;
const TOKEN = "bench-access-token";
const BODY = JSON.stringify({ model: "gpt-bench", messages: [{ role: "user", content: "hi" }] });
const START_MS = 60_000;
/** The state is written once per second, plus the duration of a write. */
const LOST_MS_MAX = 1_250;

interface Instance {
  readonly url: string;
  readonly child: ChildProcess;
}

const dataDir = await mkdtemp(join(tmpdir(), "one-balance-killed-"));
const upstream = await startUpstream();
const random = new SeededRandom(SEED);
const rows: object[] = [];
let instance = await start();
try {
  await addKeys(instance.url);
  let countedBefore = await counted(instance.url);
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const answeredAtMs: number[] = [];
    const load = Array.from({ length: CONNECTIONS }, () => ask(instance.url, answeredAtMs));
    await sleep(2_000 + 2_000 * random.next());
    const killedAtMs = Date.now();
    // The group stands for npm: the server and workerd die at once.
    process.kill(-Number(instance.child.pid), "SIGKILL");
    await once(instance.child, "close");
    await Promise.all(load);
    const integrity = await checkIntegrity();
    instance = await start();
    const countedNow = await counted(instance.url);
    const kept = countedNow - countedBefore;
    countedBefore = countedNow;
    const firstLostAtMs = answeredAtMs[kept] ?? killedAtMs;
    rows.push({
      kill,
      answered: answeredAtMs.length,
      counted: kept,
      lost: Math.max(0, answeredAtMs.length - kept),
      lostMs: killedAtMs - firstLostAtMs,
      integrity,
    });
  }
  console.table(rows);
  await writeResult("killed", { seed: SEED, connections: CONNECTIONS, rows });
  for (const row of rows as { lostMs: number; integrity: string }[]) {
    if (row.lostMs > LOST_MS_MAX) throw new Error(`${row.lostMs} ms of use were lost`);
    if (row.integrity !== "ok") throw new Error(`the database: ${row.integrity}`);
  }
} finally {
  if (instance.child.exitCode === null) process.kill(-Number(instance.child.pid), "SIGKILL");
  upstream.stop();
  await rm(dataDir, { recursive: true, force: true });
}

/** In its own process group. */
async function start(): Promise<Instance> {
  const child = spawn(process.execPath, ["--no-warnings", join(root, "scripts/start.ts")], {
    cwd: root,
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      PORT: "0",
      DATA_DIR: dataDir,
      AUTH_KEY: TOKEN,
      AI_GATEWAY_URL: upstream.url,
    },
  });
  let output = "";
  const giveUpAtMs = Date.now() + START_MS;
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  for (;;) {
    const [, url] = /serving at (http:\S+)/.exec(output) ?? [];
    if (url !== undefined) return { child, url };
    if (child.exitCode !== null || Date.now() > giveUpAtMs) throw new Error(`no start: ${output}`);
    await sleep(50);
  }
}

/** One request after the other, until the server is gone. */
async function ask(url: string, answeredAtMs: number[]): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
  const once200 = () =>
    new Promise<void>((resolve, reject) => {
      const request = http.request(
        `${url}/api/openai/chat/completions`,
        { method: "POST", headers, agent },
        (answer) => {
          answer.resume().on("error", reject);
          answer.on("end", () => {
            if (answer.statusCode === 200) answeredAtMs.push(Date.now());
            resolve();
          });
        },
      );
      request.on("error", reject).end(BODY);
    });
  try {
    for (;;) await once200();
  } catch {
    agent.destroy();
  }
}

async function addKeys(url: string): Promise<void> {
  const keys = Array.from(
    { length: 10 },
    (_, index) => `sk-bench-${String(index).padStart(40, "0")}`,
  );
  await api(url, "provider-keys", {
    method: "POST",
    body: JSON.stringify({ provider: "openai", keys }),
  });
}

async function counted(url: string): Promise<number> {
  const { totals } = (await api(url, "usage")) as { totals: { requests: number } };
  return totals.requests;
}

async function api(url: string, path: string, init: RequestInit = {}): Promise<unknown> {
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
  const answer = await fetch(`${url}/api/admin/${path}`, { ...init, headers });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

async function checkIntegrity(): Promise<string> {
  const database = new DatabaseSync(await databaseFile(dataDir));
  try {
    return String(Object.values(database.prepare("pragma integrity_check").get() ?? {})[0]);
  } finally {
    database.close();
  }
}
