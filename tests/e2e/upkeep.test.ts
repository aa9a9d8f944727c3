/** The built Worker without a cron, as `npm start` serves it: upkeep comes after requests. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openLocalDatabase } from "../../scripts/backup/local-database.ts";
import { type RunningServer, startServer } from "../../scripts/serve.ts";
import { type FakeUpstream, startFakeUpstream } from "../fake-upstream/start-fake-upstream.ts";
import { AdminApi } from "./admin-api.ts";
import { ADMIN_TOKEN } from "./harness.ts";

const KEY = "sk-fake-comes-back";

let upstream: FakeUpstream;
let dataDir = "";
let server: RunningServer;

const serve = () =>
  startServer({
    port: 0,
    dataDir,
    vars: {
      AUTH_KEY: ADMIN_TOKEN,
      KEY_ENCRYPTION_SECRET: "test-encryption-secret",
      AI_GATEWAY_URL: upstream.gatewayUrl,
    },
  });

const chat = async () => {
  const response = await fetch(`${server.url}/api/openai/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${ADMIN_TOKEN}` },
    body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] }),
  });
  await response.text();
  return response.status;
};

/** What the database says, or is made to say, while nothing is served. */
async function onDatabase(statement: string) {
  const { query, close } = await openLocalDatabase(dataDir);
  try {
    return await query(statement);
  } finally {
    await close();
  }
}

beforeAll(async () => {
  upstream = await startFakeUpstream();
  dataDir = await mkdtemp(join(tmpdir(), "one-balance-upkeep-"));
  server = await serve();
});

afterAll(async () => {
  await Promise.all([server?.dispose(), upstream?.close()]);
  await rm(dataDir, { recursive: true, force: true });
});

test("a blocked key that works again is back after the next request, and serves", async () => {
  const admin = new AdminApi(() => server.url, ADMIN_TOKEN);
  const status = async () => (await admin.listKeys("provider=openai"))[0]?.status;
  upstream.setKey(KEY, { kind: "invalid" });
  await admin.addKeys("openai", [KEY]);
  await chat();
  await expect.poll(status).toBe("blocked");
  await server.dispose();

  // The first request has started the clock. An hour later:
  expect(await onDatabase("select runs, finished_at_ms from upkeep")).toEqual([
    { runs: 0, finished_at_ms: null },
  ]);
  await onDatabase("update upkeep set started_at_ms = started_at_ms - 3600000");
  await onDatabase(
    `update provider_keys
     set evidence = json_set(evidence, '$.atMs', (evidence ->> 'atMs') - 3600000)`,
  );
  upstream.setKey(KEY, { kind: "ok" });
  server = await serve();

  expect((await fetch(`${server.url}/api/health`)).status).toBe(200);
  await expect.poll(status).toBe("active");
  expect(await chat()).toBe(200);
});
