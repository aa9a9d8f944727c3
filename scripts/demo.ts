/**
 * `npm run demo`: the whole product on a temporary data folder, with a fake upstream on loopback, sample keys, a team,
 * weeks of usage and a trickle of live traffic. Needs no account and no key.
 * @module
 */
import "./resolve-lib.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { behaviourByName } from "../tests/fake-upstream/behaviour-by-name.ts";
import { startFakeUpstream } from "../tests/fake-upstream/start-fake-upstream.ts";
import { openLocalDatabase } from "./backup/local-database.ts";
import { buildIfChanged } from "./build.ts";
import { checkPortIsFree } from "./check-port.ts";
import { DEFAULT_HOST } from "./listen-address.ts";
import { applyMigrations } from "./migrate.ts";
import { reportAndExit } from "./report-and-exit.ts";
import { localSecrets } from "./secrets.ts";
import { startServer } from "./serve.ts";
import { readSettings } from "./settings.ts";
import { listenForStop, stopped, stopSignal } from "./stop-signal.ts";

// Imports of lib/ wait until Node can resolve them.
const { openDatabase } = await import("../lib/db/open-database.ts");
const { liveTraffic } = await import("./demo/live-traffic.ts");
const { recordPast } = await import("./demo/record-past.ts");
const { DEMO_ADMIN, makeSampleTeam } = await import("./demo/sample-team.ts");
const { SeededRandom } = await import("./demo/seeded-random.ts");
const { openSignInLink } = await import("./demo/sign-in-link.ts");

const SEED = 20_261_122;
const PAST_DAYS = 35;
const DAY_MS = 24 * 3_600_000;

const dataDir = await mkdtemp(join(tmpdir(), "one-balance-demo-"));
try {
  listenForStop();
  const { port } = await readSettings();
  await checkPortIsFree(port, DEFAULT_HOST);
  await buildIfChanged(stopSignal);
  const secrets = await localSecrets(dataDir);
  const team = await fillDatabase(secrets.KEY_ENCRYPTION_SECRET);
  listenForStop();
  if (!stopSignal.aborted) await serve(port, secrets, team.tokens);
  await end(0);
} catch (error) {
  if (stopSignal.aborted) await end(0);
  await rm(dataDir, { recursive: true, force: true });
  reportAndExit(error);
}

async function fillDatabase(secret: string) {
  const startedAtMs = Date.now();
  console.log("Making a team and five weeks of use …");
  const local = await openLocalDatabase(dataDir);
  try {
    await applyMigrations(local.database);
    // The same binding; Miniflare's type for it is the package's, not the global one.
    const db = openDatabase(local.database as unknown as D1Database);
    const toMs = Date.now();
    const fromMs = toMs - PAST_DAYS * DAY_MS;
    const sealing = { current: secret, previous: null };
    const team = await makeSampleTeam(db, sealing, fromMs - DAY_MS);
    const count = await recordPast(db, team, { fromMs, toMs }, SEED);
    const seconds = ((Date.now() - startedAtMs) / 1_000).toFixed(1);
    console.log(`  ${count} requests in ${seconds} s`);
    return team;
  } finally {
    await local.close();
  }
}

async function serve(
  port: number,
  secrets: Awaited<ReturnType<typeof localSecrets>>,
  tokens: Parameters<typeof liveTraffic>[1],
): Promise<void> {
  const upstream = await startFakeUpstream({ unknownKey: behaviourByName, keepsRequests: false });
  const server = await startServer({
    port,
    dataDir,
    vars: { ...secrets, AI_GATEWAY_URL: upstream.gatewayUrl },
  });
  listenForStop();
  const link = await openSignInLink(server.url, DEMO_ADMIN);
  const traffic = liveTraffic(server.url, tokens, new SeededRandom(SEED), stopSignal);
  printWelcome(server.url, link.url, secrets.AUTH_KEY);
  await stopped;
  await traffic;
  link.close();
  await server.dispose();
  await upstream.close();
}

function printWelcome(url: string, signInUrl: string, adminToken: string): void {
  console.log(`
The demo of One Balance is serving at ${url}

  Portal, signed in as its admin:
    ${signInUrl}

  Or sign in at ${url}/login
    ${DEMO_ADMIN.email}
    ${DEMO_ADMIN.password}

  Admin token:
    ${adminToken}

Providers, keys and people are made up; requests keep coming in. Ctrl-C stops the demo and removes its data.`);
}

async function end(exitCode: number): Promise<never> {
  await rm(dataDir, { recursive: true, force: true });
  process.exit(exitCode);
}
