/**
 * The CPU that runs in the front Worker, by kind of request, compared with a bare Worker that only passes the same
 * request on: this is what the free plan's 10 ms limit. The database and the portal are in another process, so their
 * cost, which belongs to D1 and the object on Cloudflare, is excluded.
 *
 * CPU is the scheduler's, of all threads of the front's workerd. On Cloudflare it is another machine's, and only what
 * exceeds 10 ms there is rejected. `FREE_PLAN_QUICK=1` runs fewer rounds; `FREE_PLAN_ONLY=stream` measures only the
 * rows with this word, and keeps the other figures.
 * @module
 */
import "../scripts/resolve-lib.ts";
import { readdirSync, readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { Agent, request as httpRequest } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { buildIfChanged } from "../scripts/build.ts";
import { root } from "../scripts/root.ts";
import { storeKeys } from "../tests/e2e/stored-rows.ts";
import { threadsCpuMs } from "./lib/cpu-time.ts";
import { type FreePlanRow, freePlanTable, withTable } from "./lib/free-plan-table.ts";
import {
  bundleFront,
  FRONT_SECRET,
  FRONT_TOKEN,
  type Front,
  onFasterClock,
  type Store,
  startBareFront,
  startEmpty,
  startFront,
  startStore,
} from "./lib/front.ts";
import { startUpstream } from "./lib/processes.ts";
import { median } from "./lib/quantile.ts";
import { writeResult } from "./lib/write-result.ts";

// Imports of lib/ wait until Node can resolve them.
const { conversionCost } = await import("./lib/conversion-cost.ts");

const isQuick = process.env.FREE_PLAN_QUICK === "1";
const ROUNDS = isQuick ? 3 : 7;
const COLD_STARTS = isQuick ? 2 : 5;
/** The requests after a cold isolate's first are measured one by one. */
const FOLLOWING = isQuick ? 10 : 30;
/** The 30-minute stream runs on a clock that is this many times faster. */
const CLOCK_FACTOR = 200;
const CHAT = "/api/openai/chat/completions";

interface Ask {
  readonly path: string;
  readonly method?: "GET" | "POST";
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

const only = process.env.FREE_PLAN_ONLY ?? "";
/** All rows, in the table's order. */
const order: string[] = [];
const rows: FreePlanRow[] = [];
let missed = 0;

function isWanted(what: string): boolean {
  order.push(what);
  return what.includes(only);
}

function note(what: string, value: number, most: number, bare: number | null, unit = "ms"): void {
  const isRight = unit === "of ours" ? value >= most : value <= most;
  if (!isRight) missed += 1;
  const round = (each: number) => Number(each.toFixed(each < 10 ? 2 : 1));
  const row = { what, value: round(value), bare: bare === null ? null : round(bare), most, unit };
  rows.push(row);
  console.log([...Object.values(row), isRight ? "ok" : "MISSED"].join(", "));
}

/** A client with keep-alive connections. */
function clientOf({ port }: Front) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  return ({ path, method = "POST", body, headers = {} }: Ask) =>
    new Promise<number>((resolve, reject) => {
      const sent = httpRequest(
        {
          agent,
          host: "127.0.0.1",
          port,
          path,
          method,
          headers: {
            authorization: `Bearer ${FRONT_TOKEN}`,
            "content-type": "application/json",
            ...(body !== undefined && { "content-length": Buffer.byteLength(body) }),
            ...headers,
          },
        },
        (answer) => {
          answer.resume();
          answer.once("end", () => resolve(answer.statusCode ?? 0)).once("error", reject);
        },
      );
      sent.once("error", reject);
      sent.end(body);
    });
}

/** The cost of a request for each of two fronts, in milliseconds: the median of alternating rounds. */
async function compare(
  [ours, bare]: readonly [Front, Front],
  ask: Ask,
  times: number,
  { width = 1, restMs = 0 }: { width?: number; restMs?: number } = {},
): Promise<{ readonly ours: number; readonly bare: number }> {
  const fronts = [ours, bare].map((front) => ({
    front,
    send: clientOf(front),
    costs: [] as number[],
  }));
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const { front, send, costs } of fronts) {
      await sleep(50);
      const before = threadsCpuMs(front.pid);
      let begun = 0;
      const worker = async () => {
        while (begun < times) {
          begun += 1;
          const status = await send(ask);
          if (status === 0 || status >= 500) throw new Error(`${ask.path}: ${status}`);
          if (restMs > 0) await sleep(restMs);
        }
      };
      await Promise.all(Array.from({ length: width }, worker));
      // Includes what runs after the responses.
      await sleep(restMs > 0 ? 0 : 300);
      if (round >= 0) costs.push((threadsCpuMs(front.pid) - before) / times);
    }
  }
  const [oursMs = Number.NaN, bareMs = Number.NaN] = fronts.map(({ costs }) => median(costs));
  return { ours: oursMs, bare: bareMs };
}

const chat = (fields: object): Ask => ({
  path: CHAT,
  body: JSON.stringify({
    model: "gpt-4o-mini",
    messages: Array.from({ length: 8 }, (_, turn) => ({
      role: turn % 2 === 0 ? "user" : "assistant",
      content: "What a request of usual size looks like. ".repeat(5),
    })),
    ...fields,
  }),
});

/** The upstream sends this many chunks, this many milliseconds apart. */
const stream = (chunks: number, gapMs: number): Ask => ({
  ...chat({ stream: true }),
  path: `/api/openai/stream-${chunks}-${gapMs}/chat/completions`,
});

/** The same for a client of Messages: each chunk is converted, in the Worker or in an object. */
const converted = (chunks: number, gapMs: number): Ask => {
  const { body = "" } = chat({ stream: true, model: "openai/gpt-4o-mini", max_tokens: 32_000 });
  return { path: "/v1/messages", headers: { "x-bench-stream": `${chunks}-${gapMs}` }, body };
};

async function measureCold(script: string, keys: number, upstreamUrl: string): Promise<void> {
  const store = await startStore(upstreamUrl, (database) =>
    storeKeys(database, FRONT_SECRET, "openai", keys),
  );
  try {
    const firsts: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
    const worst: number[] = [];
    const heaps: number[] = [];
    for (let start = 0; start < COLD_STARTS; start += 1) {
      for (const kind of ["ours", "bare"] as const) {
        const front = await (kind === "ours"
          ? startFront(script, store.url, upstreamUrl)
          : startBareFront(store.url, upstreamUrl));
        const costs = await costsInTurn(front, chat({}), kind === "ours" ? FOLLOWING + 1 : 1);
        firsts[kind].push(costs[0] ?? Number.NaN);
        if (kind === "ours") {
          worst.push(Math.max(...costs.slice(1)));
          heaps.push(await front.heapBytes());
        }
        await front.stop();
      }
    }
    const bare = median(firsts.bare);
    const limit = { 100: 3, 1000: 5, 10000: 9 }[keys] ?? 9;
    const [first = "", next = "", heap] = coldRows(keys);
    note(first, median(firsts.ours) - bare, limit, bare);
    note(next, median(worst), 9, null);
    if (heap !== undefined) note(heap, median(heaps) / 1e6, 8, null, "MB");
  } finally {
    await store.stop();
  }
}

/** The cost of several requests, one after the other, including everything that runs after their responses. */
async function costsInTurn(front: Front, ask: Ask, times: number): Promise<readonly number[]> {
  const send = clientOf(front);
  const costs: number[] = [];
  await sleep(300);
  for (let made = 0; made < times; made += 1) {
    const before = threadsCpuMs(front.pid);
    const status = await send(ask);
    if (status !== 200) throw new Error(`a request was answered ${status}`);
    await sleep(made === 0 ? 400 : 100);
    costs.push(threadsCpuMs(front.pid) - before);
  }
  return costs;
}

async function measureReady(script: string, store: Store, upstreamUrl: string): Promise<void> {
  const cost = async (start: () => Promise<Front>) => {
    const costs: number[] = [];
    for (let made = 0; made < COLD_STARTS; made += 1) {
      const front = await start();
      await sleep(300);
      costs.push(threadsCpuMs(front.pid));
      await front.stop();
    }
    return median(costs);
  };
  const empty = await cost(startEmpty);
  const ours = await cost(() => startFront(script, store.url, upstreamUrl));
  note(READY, ours - empty, 80, empty);
}

const READY = "until ready, beyond an empty Worker";
const UPLOAD = "upload, gzip";

/** The rows of a pool of this size. */
function coldRows(keys: number): string[] {
  const name = `${keys.toLocaleString("en")} keys`;
  return [
    `cold isolate's first answer, ${name}`,
    `most expensive of the next ${FOLLOWING}, ${name}`,
    ...(keys === 100 ? [`heap of a proxy's isolate, ${name}`] : []),
  ];
}

/** What is measured now, among what was measured before. */
async function withEarlier(): Promise<FreePlanRow[]> {
  if (only === "") return rows;
  const earlier = JSON.parse(await readFile(join(root, "bench/results/free-plan.json"), "utf8"));
  const known = new Map<string, FreePlanRow>(
    [...(earlier.rows as FreePlanRow[]), ...rows].map((row) => [row.what, row]),
  );
  // A quick run's rows have other names.
  const names = [...new Set([...order, ...known.keys()])];
  return names.flatMap((what) => known.get(what) ?? []);
}

await buildIfChanged();
const script = await bundleFront();
const upstream = await startUpstream();
const store = await startStore(upstream.url, (database) =>
  storeKeys(database, FRONT_SECRET, "openai", 100),
);
const open: Front[] = [];
try {
  const ours = await startFront(script, store.url, upstream.url);
  const bare = await startBareFront(store.url, upstream.url);
  open.push(ours, bare);
  const both = [ours, bare] as const;
  const beyond = async (
    what: string,
    ask: Ask,
    times: number,
    most: number,
    how?: { width?: number; restMs?: number },
  ) => {
    if (!isWanted(what)) return;
    const cost = await compare(both, ask, times, how);
    note(what, cost.ours - cost.bare, most, cost.bare);
  };

  await beyond("JSON answer, with log and metering", chat({}), 500, 0.4, { width: 16 });
  await beyond("JSON answer alone in its second, with a flush of its own", chat({}), 2, 9, {
    restMs: 1_100,
  });
  await beyond("stream of 20 chunks at once", stream(20, 0), 200, 1, { width: 4 });
  await beyond("stream of 500 chunks, 10 ms apart", stream(500, 10), 8, 3, { width: 8 });
  await beyond("stream of 5,000 chunks, 1 ms apart", stream(5_000, 1), 4, 8, { width: 4 });
  await beyond(
    "error of 64 KiB, judged",
    { ...chat({}), path: "/api/openai/error-64/chat/completions" },
    50,
    5,
  );
  const fullSpeed = "2,048 chunks of 1 KB at full speed: bare's CPU";
  if (isWanted(fullSpeed)) {
    const fast = await compare(both, stream(2_048, 0), 30, { width: 2 });
    note(fullSpeed, fast.bare / fast.ours, 0.6, fast.bare, "of ours");
  }

  const halfHour = `stream of 30 minutes with a chunk a second, on a clock ${CLOCK_FACTOR} times as fast`;
  if (isWanted(halfHour)) {
    const hurried = await startFront(onFasterClock(script, CLOCK_FACTOR), store.url, upstream.url);
    open.push(hurried);
    const long = stream(1_800, 1_000 / CLOCK_FACTOR);
    const half = await compare([hurried, bare], long, 4, { width: 4 });
    note(halfHour, half.ours - half.bare, 9, half.bare);
  }

  const inObject = "converted stream of 4,000 chunks, 1 ms apart, in an object";
  const inWorker = "the same, converted in the Worker";
  const [isInObject, isInWorker] = [isWanted(inObject), isWanted(inWorker)];
  if (isInObject || isInWorker) {
    const worker = await startFront(script, store.url, upstream.url, {
      CONVERTED_STREAMS: "worker",
    });
    open.push(worker);
    for (const [what, front] of [
      [inObject, ours],
      [inWorker, worker],
    ] as const) {
      const cost = await compare([front, bare], converted(4_000, 1), 4, { width: 4 });
      note(what, cost.ours - cost.bare, 9, cost.bare);
    }
  }
  const events = "1,000 events converted, beyond parsing and writing their JSON";
  if (isWanted(events)) {
    const { oursMs, jsonMs } = conversionCost(ROUNDS);
    note(events, oursMs - jsonMs, 9, jsonMs);
  }

  const page = { method: "GET", headers: { accept: "text/html" } } as const;
  const form = { "content-type": "application/x-www-form-urlencoded" };
  await beyond("page", { path: "/login", ...page }, 10, 1);
  await beyond(
    "action",
    { path: "/login", body: "[]", headers: { "next-action": "0".repeat(42) } },
    10,
    1,
  );
  await beyond("admin call", { path: "/api/admin/provider-keys?limit=100", method: "GET" }, 10, 1);
  const signIn = "email=ada%40example.com&password=correct+horse+battery&csrfToken=none";
  await beyond(
    "sign-in",
    { path: "/api/auth/callback/credentials", body: signIn, headers: form },
    10,
    1,
  );
  await beyond("set-up", { path: "/setup?token=bench-setup-token", ...page }, 10, 1);
  await beyond("cron", { path: "/bench/cron" }, 20, 1);

  const text = "x".repeat(8 * 1024 * 1024);
  await beyond("JSON body of 8 MiB", chat({ messages: [{ role: "user", content: text }] }), 4, 5);
  await beyond(
    "upload of 20 MB",
    {
      path: "/api/openai/files",
      body: Buffer.concat([
        Buffer.from('--b\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'),
        Buffer.from(
          '--b\r\ncontent-disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\n',
        ),
        Buffer.alloc(20_000_000, 120),
        Buffer.from("\r\n--b--\r\n"),
      ]),
      headers: { "content-type": "multipart/form-data; boundary=b" },
    },
    3,
    5,
  );
  if (isWanted(READY)) await measureReady(script, store, upstream.url);
  for (const front of open.splice(0)) await front.stop();
  for (const keys of [100, 1_000, 10_000]) {
    const wanted = coldRows(keys).map(isWanted);
    if (wanted.includes(true)) await measureCold(script, keys, upstream.url);
  }

  isWanted(UPLOAD);
  const folder = join(root, "dist/worker");
  const packed = readdirSync(folder)
    .filter((name) => name.endsWith(".js"))
    .reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0);
  note(UPLOAD, packed / 1e6, 3, null, "MB");
} finally {
  for (const front of open) await front.stop();
  await store.stop();
  upstream.stop();
}
console.table(rows);
const all = await withEarlier();
await writeResult("free-plan", { rounds: ROUNDS, coldStarts: COLD_STARTS, rows: all });
const document = join(root, "docs/deploy.md");
await writeFile(document, withTable(await readFile(document, "utf8"), freePlanTable(all)));
if (missed > 0) {
  console.error(`${missed} missed`);
  process.exitCode = 1;
}
