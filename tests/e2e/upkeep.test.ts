/** The built Worker without a cron, as `npm start` serves it: maintenance runs after requests. */
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openLocalDatabase } from "../../scripts/backup/local-database.ts";
import { type RunningServer, startServer } from "../../scripts/serve.ts";
import { type FakeUpstream, startFakeUpstream } from "../fake-upstream/start-fake-upstream.ts";
import { AdminApi } from "./admin-api.ts";
import { newDataFolder } from "./data-folder.ts";
import { ADMIN_TOKEN } from "./harness.ts";

const KEY = "sk-fake-comes-back";
const DEAD_KEY = "sk-fake-stays-dead";
const WITNESS_KEY = "sk-fake-upkeep-witness-0003";
const SECRET = "test-webhook-secret";
const MAIL_KEY = "test-mail-key";

/** What the webhook received with a valid signature, and the mail service with its key. */
const [alerts, mails]: [unknown[], unknown[]] = [[], []];
/** The receiver responds once this resolves. */
const away = Promise.withResolvers<void>();
let waiting = 0;
const receiver = createServer(async (request, response) => {
  const { headers } = request;
  const body = await text(request);
  const isMail = request.url === "/mail";
  const timestamp = headers["x-one-balance-timestamp"];
  const expected = createHmac("sha256", SECRET).update(`${timestamp}.${body}`).digest("hex");
  const isOurs = isMail
    ? headers.authorization === `Bearer ${MAIL_KEY}`
    : headers["x-one-balance-signature"] === `v1=${expected}`;
  if (isOurs) (isMail ? mails : alerts).push(JSON.parse(body));
  waiting += 1;
  response.once("close", () => {
    waiting -= 1;
  });
  await away.promise;
  response.writeHead(isOurs ? 204 : 401).end();
});
const receiverUrl = () => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;

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
      ALERT_WEBHOOK_URL: `${receiverUrl()}/alerts`,
      ALERT_WEBHOOK_SECRET: SECRET,
      ALERT_MAIL_URL: `${receiverUrl()}/mail`,
      ALERT_MAIL_KEY: MAIL_KEY,
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

/** What the database returns, or is changed to, while nothing is served. */
async function onDatabase(statement: string) {
  const { query, close } = await openLocalDatabase(dataDir);
  try {
    return await query(statement);
  } finally {
    await close();
  }
}

beforeAll(async () => {
  await once(receiver.listen(0, "127.0.0.1"), "listening");
  upstream = await startFakeUpstream();
  dataDir = await newDataFolder("one-balance-upkeep-");
  server = await serve();
});

afterAll(async () => {
  await Promise.all([server?.dispose(), upstream?.close()]);
  receiver.close();
  await rm(dataDir, { recursive: true, force: true });
});

test("after the next request a blocked key that works again is back and serves, and the team learns about the dead one by webhook and mail, for whose receivers no request waits", async () => {
  const admin = new AdminApi(() => server.url, ADMIN_TOKEN);
  const statuses = async () =>
    (await admin.listKeys("provider=openai")).map(({ status }) => status).sort();
  for (const key of [KEY, DEAD_KEY]) upstream.setKey(key, { kind: "invalid" });
  upstream.setKey(WITNESS_KEY, { kind: "ok" });
  await admin.addKeys("openai", [KEY, DEAD_KEY, WITNESS_KEY]);
  const changes = { mailFrom: "alerts@example.org", mailTo: ["ada@example.org"] };
  await admin.call("PATCH", "settings", { section: "alerts", changes });
  // A rejection convicts a key once another has served the same request.
  await expect
    .poll(async () => (await chat()) === 200 && (await statuses()))
    .toEqual(["active", "blocked", "blocked"]);
  const witness = (await admin.listKeys("provider=openai")).find((key) => key.status === "active");
  await admin.call("PATCH", `provider-keys/${witness?.id}`, { status: "disabled" });
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
  await expect.poll(statuses).toEqual(["active", "blocked", "disabled"]);
  await expect.poll(() => [alerts.length, mails.length]).toEqual([1, 1]);
  // Another request makes this isolate learn about the key that returned.
  await expect.poll(chat, { timeout: 4_000 }).toBe(200);
  expect(waiting, "receivers that still owe their answers").toBe(2);
  away.resolve();
  const told = { kind: "key_blocked", details: { provider: "OpenAI", count: 1 } };
  expect(alerts).toMatchObject([told]);
  expect(mails).toMatchObject([{ ...told, from: "alerts@example.org", to: ["ada@example.org"] }]);
});
