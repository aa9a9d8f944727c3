/**
 * The cost of a view of the portal's pages, with 26,000 requests of history and with 1,000,000: rows and statements of
 * D1, their time in SQLite, the CPU of the rest of the process, and bytes of HTML. On the instance as maintenance
 * leaves it. `PAGES_ROWS` sets another number for the large one.
 * @module
 */
import "../scripts/resolve-lib.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gzipSync } from "node:zlib";
import { openLocalDatabase } from "../scripts/backup/local-database.ts";
import { buildIfChanged } from "../scripts/build.ts";
import { openSignInLink } from "../scripts/demo/sign-in-link.ts";
import { applyMigrations } from "../scripts/migrate.ts";
import { startServer } from "../scripts/serve.ts";
import { COUNT_PATH, type CountedRequests, makeCountedWorker } from "./lib/counted-worker.ts";
import { threadsCpuMs } from "./lib/cpu-time.ts";
import { workerdPids } from "./lib/processes.ts";
import { median } from "./lib/quantile.ts";
import { writeResult } from "./lib/write-result.ts";

// Imports of lib/ wait until Node can resolve them.
const { compactUsage } = await import("../lib/db/usage/compact-usage.ts");
const { newRowId } = await import("../lib/db/new-row-id.ts");
const { openDatabase } = await import("../lib/db/open-database.ts");
const { digestUsage } = await import("../lib/db/usage/usage-digests.ts");
const { keepQuotaDays } = await import("../lib/manage/limits/read-quota-days.ts");
const { LARGE_TEAM_ADMIN, makeLargeTeam } = await import("./lib/large-team.ts");
const { databaseFile, recordLargeUse } = await import("./lib/large-use.ts");
const { recordPast } = await import("../scripts/demo/record-past.ts");
const { DEMO_ADMIN, makeSampleTeam } = await import("../scripts/demo/sample-team.ts");

const LARGE_ROWS = Number(process.env.PAGES_ROWS ?? 1_000_000);
const DEMO_DAYS = 35;
const DAY_MS = 86_400_000;
/** The first responses load and warm up a page's code. */
const WARM_UP_RUNS = 10;
const RUNS = 40;
const SQL_RUNS = 9;
const SECRET = "bench-encryption-secret";
const PAGES = {
  overview: "/",
  usage: "/usage",
  "usage, 30 days by token": "/usage?range=30d&by=token",
  "usage, last hour": "/usage?range=1h",
  tokens: "/tokens",
  "tokens by cost": "/tokens?sort=-cost",
  keys: "/keys",
  "a provider's keys": "/keys/openai",
  "a provider's keys by requests": "/keys/openai?sort=-requests",
  requests: "/requests",
  team: "/team",
  budgets: "/tokens/budgets",
} as const;

await buildIfChanged();
const workerDir = await makeCountedWorker();
try {
  const results = [
    await withInstance("26,000 requests", DEMO_ADMIN, makeDemo),
    await withInstance(`${LARGE_ROWS.toLocaleString("en")} requests`, LARGE_TEAM_ADMIN, makeLarge),
  ];
  await writeResult("pages", { runs: RUNS, instances: results });
} finally {
  await rm(workerDir, { recursive: true, force: true });
}

async function withInstance(
  history: string,
  admin: Parameters<typeof openSignInLink>[1],
  make: (dataDir: string) => Promise<void>,
) {
  const dataDir = await mkdtemp(join(tmpdir(), "one-balance-pages-"));
  try {
    await make(dataDir);
    await tend(dataDir);
    const before = workerdPids();
    const server = await startServer({
      port: 0,
      dataDir,
      workerDir,
      hasObject: false,
      vars: { AUTH_SECRET: "bench-session", KEY_ENCRYPTION_SECRET: SECRET },
    });
    try {
      const [pid = 0] = [...workerdPids()].filter((each) => !before.has(each));
      const cookie = await signIn(server.url, admin);
      const store = new DatabaseSync(await databaseFile(dataDir), { readOnly: true });
      const pages = [];
      for (const [page, path] of Object.entries(PAGES)) {
        const url = `${server.workerUrl}${path}`;
        pages.push({ page, ...(await measure(server.workerUrl, url, cookie, pid, store)) });
      }
      store.close();
      console.log(history);
      console.table(pages);
      return { history, pages };
    } finally {
      await server.dispose();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function makeDemo(dataDir: string): Promise<void> {
  await withDatabase(dataDir, async (db) => {
    const toMs = Date.now();
    const fromMs = toMs - DEMO_DAYS * DAY_MS;
    const team = await makeSampleTeam(db, { current: SECRET, previous: null }, fromMs - DAY_MS);
    await recordPast(db, team, { fromMs, toMs }, 20_261_122);
  });
}

async function makeLarge(dataDir: string): Promise<void> {
  const team = await makeLargeTeam(dataDir, SECRET);
  await recordLargeUse(dataDir, team, LARGE_ROWS, Date.now());
}

/** What maintenance does within a day. */
async function tend(dataDir: string): Promise<void> {
  await withDatabase(dataDir, async (db) => {
    await compactUsage(db, newRowId("uf", Date.now()), Date.now());
    while ((await digestUsage(db)) > 0);
    const actor = {
      kind: "system",
      id: "bench",
      name: "bench",
      ip: null,
      userAgent: null,
    } as const;
    await keepQuotaDays({ db, secrets: null, nowMs: Date.now, actor });
  });
}

async function withDatabase(
  dataDir: string,
  use: (db: ReturnType<typeof openDatabase>) => Promise<void>,
): Promise<void> {
  const local = await openLocalDatabase(dataDir);
  try {
    await applyMigrations(local.database);
    // The same binding; Miniflare's type for it is the package's, not the global one.
    await use(openDatabase(local.database as unknown as D1Database));
  } finally {
    await local.close();
  }
}

async function signIn(url: string, admin: Parameters<typeof openSignInLink>[1]): Promise<string> {
  const link = await openSignInLink(url, admin);
  const { headers } = await fetch(link.url, { redirect: "manual" });
  link.close();
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(";", 1)[0])
    .join("; ");
}

async function measure(
  workerUrl: string,
  url: string,
  cookie: string,
  pid: number,
  store: DatabaseSync,
) {
  const look = async () => {
    const response = await fetch(url, { headers: { cookie }, redirect: "manual" });
    const html = await response.text();
    if (response.status !== 200) throw new Error(`${url}: ${response.status}`);
    return html;
  };
  for (let run = 0; run < WARM_UP_RUNS; run += 1) await look();
  const beganMs = threadsCpuMs(pid);
  for (let run = 0; run < RUNS; run += 1) await look();
  const processMs = (threadsCpuMs(pid) - beganMs) / RUNS;
  await asks(workerUrl, "?record=1");
  const html = await look();
  const { rows, asked } = await asks(workerUrl, "?record=0");
  const sqlMs = asked.reduce((sum, statement) => sum + timeSql(store, statement), 0);
  return {
    rows,
    statements: asked.length,
    sqlMs: Number(sqlMs.toFixed(1)),
    // D1 runs in another process on Cloudflare.
    cpuMs: Number((processMs - sqlMs).toFixed(1)),
    htmlKb: Math.round(Buffer.byteLength(html) / 1_000),
    gzipKb: Math.round(gzipSync(html).byteLength / 1_000),
  };
}

async function asks(workerUrl: string, query: string): Promise<CountedRequests> {
  return (await (await fetch(`${workerUrl}${COUNT_PATH}${query}`)).json()) as CountedRequests;
}

/** Milliseconds in SQLite. Writes are left out, because they would be repeated. */
function timeSql(store: DatabaseSync, { sql, params }: CountedRequests["asked"][number]): number {
  if (!/^\s*(select|with)/i.test(sql)) return 0;
  const statement = store.prepare(sql);
  const times = Array.from({ length: SQL_RUNS }, () => {
    const beganMs = performance.now();
    statement.all(...(params as string[]));
    return performance.now() - beganMs;
  });
  return median(times);
}
