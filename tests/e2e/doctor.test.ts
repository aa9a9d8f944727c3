/** `npx one-balance doctor` against deployments with planted faults. */
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openLocalDatabase } from "../../scripts/backup/local-database.ts";
import { type RunningServer, startServer } from "../../scripts/serve.ts";
import { type FakeUpstream, startFakeUpstream } from "../fake-upstream/start-fake-upstream.ts";
import { AdminApi } from "./admin-api.ts";
import { oneBalance } from "./command-line.ts";
import { newDataFolder } from "./data-folder.ts";
import { OBJECT_MODE_PATH } from "./object-mode.ts";
import { setD1Mode, unreliableWorkerDir } from "./unreliable-worker.ts";
import { wrappedWorkerDir } from "./wrapped-worker.ts";

vi.setConfig({ hookTimeout: 120_000, testTimeout: 60_000 });

const TOKEN = "test-admin-token-that-is-long-enough";
const SOUND = {
  AUTH_KEY: TOKEN,
  AUTH_SECRET: "a session secret of more than 32 characters",
  KEY_ENCRYPTION_SECRET: "an encryption secret of more than 32 characters",
};
const DAY_MS = 86_400_000;
const NOWHERE = "http://127.0.0.1:9";

const folders: string[] = [];
const servers: RunningServer[] = [];
let upstream: FakeUpstream;
let sound: RunningServer;
/** An AI Gateway that accepts no token. */
const strictGateway = createServer((_, response) => {
  const error = [{ code: 2009, message: "Unauthorized" }];
  response.writeHead(401, { "content-type": "application/json" });
  response.end(JSON.stringify({ success: false, name: "AiGatewayError", error }));
});

async function newFolder(): Promise<string> {
  const folder = await newDataFolder("one-balance-doctor-");
  folders.push(folder);
  return folder;
}

async function serve(
  vars: Readonly<Record<string, string>>,
  more: {
    readonly dataDir?: string;
    readonly workerDir?: string;
    readonly hasObject?: boolean;
  } = {},
): Promise<RunningServer> {
  const dataDir = more.dataDir ?? (await newFolder());
  const server = await startServer({ port: 0, ...more, dataDir, vars, onLog: () => undefined });
  servers.push(server);
  return server;
}

interface Told {
  readonly check: string;
  readonly state: string;
  readonly message: string;
}

/** What the doctor prints for programs, as lines, and how it exits. */
async function examine(url: string, token = TOKEN) {
  const env = { ONE_BALANCE_URL: url, ONE_BALANCE_TOKEN: token };
  const { exitCode, stdout } = await oneBalance(["doctor", "--json"], env);
  const { healthy, findings }: { healthy: boolean; findings: readonly Told[] } = JSON.parse(stdout);
  expect(exitCode).toBe(healthy ? 0 : 1);
  // No secret is printed, whatever is wrong with it.
  for (const secret of Object.values(SOUND)) expect(stdout).not.toContain(secret);
  return findings.map(({ check, state, message }) => `${state} ${check}: ${message}`);
}

const matching = (pattern: RegExp) => expect.arrayContaining([expect.stringMatching(pattern)]);

beforeAll(async () => {
  upstream = await startFakeUpstream({ unknownKey: () => ({ kind: "ok" }) });
  await once(strictGateway.listen(0, "127.0.0.1"), "listening");
  sound = await serve({ ...SOUND, AI_GATEWAY_URL: upstream.gatewayUrl });
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.dispose()));
  await upstream?.close();
  strictGateway.close();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

test("a sound deployment has no fault", async () => {
  await new AdminApi(() => sound.url, TOKEN).addKeys("openai", ["sk-fake-doctor-0001"]);
  const told = await examine(sound.url);
  expect(told.filter((line) => line.startsWith("fault"))).toEqual([]);
  for (const check of [
    "instance",
    "admin-token",
    "portal",
    "database",
    "migrations",
    "gateway",
    "providers",
  ]) {
    expect(told).toEqual(matching(new RegExp(`^ok ${check}: `)));
  }
  // For people, with a summary.
  const env = { ONE_BALANCE_URL: sound.url, ONE_BALANCE_TOKEN: TOKEN };
  const { stdout } = await oneBalance(["doctor"], env);
  expect(stdout).toMatch(/✓ providers +OpenAI answers in \d+ ms/);
  expect(stdout).toMatch(/0 faults, \d warnings?\n$/);
});

describe("faults that are found", () => {
  let misset: readonly string[];
  let lost: readonly string[];

  beforeAll(async () => {
    const server = await serve({
      AUTH_KEY: `${TOKEN};a broken (definition`,
      AUTH_SECRET: "short",
      AI_GATEWAY_TOKN: "a slip in its name",
      ACCESS_TEAM: "acme",
      MAX_ATTEMPTS: "many",
    });
    misset = await examine(server.url);

    // Encrypted with one secret, served with another, without its upstreams.
    const dataDir = await newFolder();
    const before = await serve(
      { ...SOUND, AI_GATEWAY_URL: upstream.gatewayUrl, ALLOW_PRIVATE_UPSTREAMS: "1" },
      { dataDir },
    );
    const admin = new AdminApi(() => before.url, TOKEN);
    await admin.call("POST", "custom-providers", {
      ...{ slug: "acme", label: "Acme", baseUrl: NOWHERE, protocol: "openai" },
      ...{ keyHeader: "authorization", keyPrefix: "Bearer " },
    });
    const blocked = { kind: "blocked", meaning: "key_blocked", words: "banned" };
    await admin.call("POST", "import", {
      form: "text",
      keys: [
        { text: "gsk_fakeDOCTOR0001", position: 1, service: "groq", state: blocked },
        { text: "fake-acme-key-0001", position: 2, service: "acme" },
      ],
    });
    await before.dispose();
    const { query, close } = await openLocalDatabase(dataDir);
    await query(
      "insert into usage_days (day_ms, rows_written, dropped, unlogged) values (?, 89000, 0, 0)",
      [Math.floor(Date.now() / DAY_MS) * DAY_MS],
    );
    await close();
    const after = await serve(
      {
        ...SOUND,
        KEY_ENCRYPTION_SECRET: "another encryption secret of 32 characters",
        AI_GATEWAY_URL: `${NOWHERE}/v1/account/gateway`,
        ALLOW_PRIVATE_UPSTREAMS: "1",
      },
      { dataDir },
    );
    lost = await examine(after.url);
  });

  test.each([
    ["no encryption secret", /^fault encryption-secret: KEY_ENCRYPTION_SECRET is not set/],
    ["a weak session secret", /^warning session-secret: AUTH_SECRET has 5 characters/],
    ["a broken definition", /^fault admin-credential: AUTH_KEY, definition 2: /],
    ["a misspelt variable", /^warning variables: AI_GATEWAY_TOKN is set, but/],
    ["half of a way to sign in", /^warning variables: ACCESS_TEAM needs ACCESS_AUD too/],
    ["a value that cannot be used", /^fault variables: MAX_ATTEMPTS must be a whole number/],
    ["no admin yet", /^warning first-admin: the portal has no admin yet/],
    ["maintenance that never ran", /^warning maintenance: maintenance has never run/],
    ["nothing to serve with", /^warning pools: there is no provider key/],
  ])("%s", (_, pattern) => {
    expect(misset).toEqual(matching(pattern));
  });

  test.each([
    ["keys that do not open", /^fault sealed-keys: 2 of 2 keys were sealed under another/],
    ["a pool without a usable key", /^fault pools: Groq has no usable key: .*1 blocked/],
    ["the day's rows used up", /^fault write-budget: .* no request is logged any more today/],
    ["a gateway that is not there", /^fault gateway: AI Gateway cannot be reached/],
  ])("%s", (_, pattern) => {
    expect(lost).toEqual(matching(pattern));
  });

  test("a gateway that rejects our token", async () => {
    const { port } = strictGateway.address() as AddressInfo;
    const server = await serve({ ...SOUND, AI_GATEWAY_URL: `http://127.0.0.1:${port}` });
    expect(await examine(server.url)).toEqual(
      matching(/^fault gateway: AI Gateway rejects requests: 401/),
    );
  });

  test("a provider that is not there", async () => {
    const server = await serve({ ...SOUND, ALLOW_PRIVATE_UPSTREAMS: "1" });
    const admin = new AdminApi(() => server.url, TOKEN);
    await admin.call("POST", "custom-providers", {
      ...{ slug: "acme", label: "Acme", baseUrl: NOWHERE, protocol: "openai" },
      ...{ keyHeader: "authorization", keyPrefix: "Bearer " },
    });
    await admin.addKeys("acme", ["fake-acme-key-0001"]);
    expect(await examine(server.url)).toEqual(matching(/^fault providers: Acme cannot be reached/));
  });

  test("a database that does not answer", async () => {
    const workerDir = await unreliableWorkerDir();
    folders.push(workerDir);
    const server = await serve(SOUND, { workerDir, hasObject: false });
    await setD1Mode(server.url, "down");
    expect(await examine(server.url)).toEqual(
      matching(/^fault database: the database does not answer/),
    );
    await setD1Mode(server.url, "up");
  });

  test("a database that is behind", async () => {
    const dataDir = await newFolder();
    const server = await serve(SOUND, { dataDir });
    // As after a deployment whose migrations failed.
    const { query, close } = await openLocalDatabase(dataDir);
    await query("delete from d1_migrations where name like '0007%'");
    await close();
    expect(await examine(server.url)).toEqual(matching(/^fault migrations: not applied yet: 0007/));
  });

  test("a portal whose object has used up the day's allowance", async () => {
    const workerDir = await wrappedWorkerDir("troubled-object-entry.ts");
    folders.push(workerDir);
    const server = await serve(SOUND, { workerDir, hasObject: false });
    expect(await examine(server.url)).toEqual(matching(/^warning portal: no object is bound/));
    await fetch(`${server.url}${OBJECT_MODE_PATH}`, { method: "POST", body: "over-duration" });
    expect(await examine(server.url)).toEqual([
      expect.stringMatching(/^ok instance: /),
      expect.stringMatching(/^fault portal: Today's free allowance .* 00:00 UTC/),
    ]);
  });

  test("a rejected token, and an unreachable instance", async () => {
    expect(await examine(sound.url, "not-the-admin-token")).toEqual([
      expect.stringMatching(/^ok instance: /),
      "fault admin-token: the admin token was rejected: unknown admin token",
    ]);
    expect(await examine(NOWHERE)).toEqual([expect.stringMatching(/^fault instance: .* reached/)]);
  });
});
