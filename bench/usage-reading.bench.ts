/**
 * How long the portal takes to report a large team's usage: pages and responses of the admin API with 1,000,000 log
 * rows and 90 days of sums for 20 models, 50 tokens and 1,000 keys. The times are from the Worker's own socket to the
 * response's last byte, so almost only the server's; the statements are D1's. `USAGE_ROWS` sets another number of rows.
 * @module
 */
import "../scripts/resolve-lib.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildIfChanged } from "../scripts/build.ts";
import { openSignInLink } from "../scripts/demo/sign-in-link.ts";
import { startServer } from "../scripts/serve.ts";
import { COUNT_PATH, type CountedRequests, makeCountedWorker } from "./lib/counted-worker.ts";
import type { LargeTeam } from "./lib/large-team.ts";
import { residentMiB, workerdPids } from "./lib/processes.ts";
import { median, quantile } from "./lib/quantile.ts";
import { writeResult } from "./lib/write-result.ts";

// Imports of lib/ wait until Node can resolve them.
const { firstRequestIdAt } = await import("../lib/db/state/request-id-bounds.ts");
const { toCursor } = await import("../lib/manage/cursor.ts");
const { DAY_MS } = await import("../lib/usage/rollup.ts");
const { LARGE_TEAM_ADMIN, makeLargeTeam } = await import("./lib/large-team.ts");
const { recordLargeUse } = await import("./lib/large-use.ts");
const { modelName } = await import("./lib/sample-request.ts");

const LOG_ROWS = Number(process.env.USAGE_ROWS ?? 1_000_000);
const RUNS = 15;
/** The first responses load and warm up a page's code. */
const WARM_UP_RUNS = 3;
const ADMIN_TOKEN = "bench-admin-token";
const SECRET = "bench-encryption-secret";

await buildIfChanged();
const dataDir = await mkdtemp(join(tmpdir(), "one-balance-usage-"));
const workerDir = await makeCountedWorker();
try {
  const beganMs = performance.now();
  const team = await makeLargeTeam(dataDir, SECRET);
  await recordLargeUse(dataDir, team, LOG_ROWS, Date.now());
  console.log(
    `${LOG_ROWS} rows of log made in ${((performance.now() - beganMs) / 1_000).toFixed(0)} s`,
  );
  const server = await startServer({
    port: 0,
    dataDir,
    workerDir,
    hasObject: false,
    vars: { AUTH_KEY: ADMIN_TOKEN, AUTH_SECRET: "bench-session", KEY_ENCRYPTION_SECRET: SECRET },
  });
  try {
    const cookie = await signIn(server.url);
    const rows = [];
    for (const [read, path] of Object.entries(readsOf(team))) {
      rows.push({ read, ...(await timeAnswer(server.workerUrl, path, cookie)) });
    }
    console.table(rows);
    const file = await timeFile(server.workerUrl);
    console.table([file]);
    await writeResult("usage-reading", { logRows: LOG_ROWS, runs: RUNS, rows, file });
  } finally {
    await server.dispose();
  }
} finally {
  await rm(dataDir, { recursive: true, force: true });
  await rm(workerDir, { recursive: true, force: true });
}

async function signIn(url: string): Promise<string> {
  const link = await openSignInLink(url, LARGE_TEAM_ADMIN);
  const { headers } = await fetch(link.url, { redirect: "manual" });
  link.close();
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(";", 1)[0])
    .join("; ");
}

/** Paths by what they read. */
function readsOf({ tokens, userIds, keyIds }: LargeTeam): Readonly<Record<string, string>> {
  const model = modelName("openai", 1);
  const far = toCursor(firstRequestIdAt(Date.now() - 12 * DAY_MS));
  const log = "/api/admin/requests?limit=50";
  return {
    overview: "/",
    "usage, 24 hours by model": "/usage",
    "usage, 7 days by provider": "/usage?range=7d&by=provider",
    "usage, 30 days by key": "/usage?range=30d&by=key",
    "usage, 90 days by model": "/usage?range=90d&by=model",
    "usage, 90 days by token": "/usage?range=90d&by=token",
    "usage, one member's 90 days": `/usage?range=90d&user=${userIds[3]}`,
    "log's page": "/requests",
    "log's page, refused": "/requests?outcome=limited",
    "log, first page": log,
    "log, far page": `${log}&cursor=${far}`,
    "log, far page of a model": `${log}&cursor=${far}&model=${model}`,
    "log, one model's": `${log}&model=${model}`,
    "log, one member's": `${log}&user=${userIds[3]}`,
    "log, one token's": `${log}&token=${tokens[7]?.id}`,
    "log, one key's": `${log}&key=${keyIds[1]?.[7]}`,
    "log, refused": `${log}&outcome=limited`,
    "log, slow": `${log}&minDurationMs=6000`,
    "log, retried": `${log}&retried=true`,
    "log, a model's slow and retried": `${log}&model=${model}&minDurationMs=6000&retried=true`,
    "log, filter that nothing fits": `${log}&status=418`,
    "usage API, 24 hours by model": "/api/admin/usage?bucket=hour&groupBy=model",
    "usage API, 30 days by key": "/api/admin/usage?groupBy=key",
    metrics: "/api/metrics",
  };
}

/** Milliseconds to the response's last byte, and statements of one response. */
async function timeAnswer(url: string, path: string, cookie: string) {
  const headers = { cookie, authorization: `Bearer ${ADMIN_TOKEN}` };
  const times: number[] = [];
  let statements = 0;
  for (let run = 0; run < RUNS + WARM_UP_RUNS; run += 1) {
    const before = await statementsSoFar(url);
    const beganMs = performance.now();
    const response = await fetch(`${url}${path}`, { headers, redirect: "manual" });
    await response.text();
    const elapsedMs = performance.now() - beganMs;
    if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
    if (run < WARM_UP_RUNS) continue;
    times.push(elapsedMs);
    statements = Math.max(statements, (await statementsSoFar(url)) - before);
  }
  return {
    medianMs: Math.round(median(times)),
    p95Ms: Math.round(quantile(times, 0.95)),
    statements,
  };
}

async function statementsSoFar(url: string): Promise<number> {
  const asks = (await (await fetch(`${url}${COUNT_PATH}`)).json()) as CountedRequests;
  return asks.statements;
}

/** The whole log as CSV: to its first byte, to its end, and the memory of the Worker's process. */
async function timeFile(url: string) {
  const [pid = 0] = workerdPids();
  const beforeMiB = residentMiB(pid);
  let mostMiB = beforeMiB;
  const beganMs = performance.now();
  const response = await fetch(`${url}/api/admin/requests?format=csv`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  const reader = response.body?.getReader();
  if (reader === undefined) throw new Error(`no file: ${response.status}`);
  let firstByteMs = 0;
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (bytes === 0) firstByteMs = performance.now() - beganMs;
    bytes += value.byteLength;
    mostMiB = Math.max(mostMiB, residentMiB(pid));
  }
  return {
    firstByteMs: Math.round(firstByteMs),
    seconds: Math.round((performance.now() - beganMs) / 1_000),
    fileMiB: Math.round(bytes / 2 ** 20),
    grownMiB: Math.round(mostMiB - beforeMiB),
  };
}
