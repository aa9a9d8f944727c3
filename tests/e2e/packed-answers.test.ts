/**
 * Generated responses of every protocol as real servers send them, compressed by gzip, br or not at all and flushed
 * with each event, through the running Worker: its platform decompresses what is read.
 */
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { constants, createBrotliCompress, createGzip } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SeededRandom } from "../../scripts/demo/seeded-random.ts";
import { type RunningServer, startServer } from "../../scripts/serve.ts";
import {
  cut,
  type MadeAnswer,
  makeAnswer,
  PROTOCOL_STREAMS,
  type ProtocolStream,
} from "../answers/protocol-streams.ts";
import { goodAnswer } from "../answers/scripted-answer.ts";
import { AdminApi } from "./admin-api.ts";
import { newDataFolder } from "./data-folder.ts";
import { ADMIN_TOKEN } from "./harness.ts";

/** For each protocol in each compression. */
const CASES = 4;
const PACKERS = {
  identity: null,
  gzip: () => createGzip({ flush: constants.Z_SYNC_FLUSH }),
  br: () => createBrotliCompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
} as const;
type Encoding = keyof typeof PACKERS;

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));

interface Answering {
  readonly protocol: ProtocolStream;
  readonly encoding: Encoding;
  /** What the next request gets; a successful response if nothing is left. */
  readonly answers: (readonly Buffer[])[];
  asked: number;
}

let answering: Answering | null = null;
let upstream: Server;
let server: RunningServer;
let admin: AdminApi;
let dataDir: string;
let keys = 0;

async function send(response: ServerResponse, now: Answering): Promise<void> {
  now.asked += 1;
  const { protocol, encoding } = now;
  const pieces = now.answers.shift() ?? [goodAnswer(protocol)];
  const coding = encoding === "identity" ? {} : { "content-encoding": encoding };
  response.writeHead(200, { "content-type": protocol.contentType, ...coding });
  const packer = PACKERS[encoding]?.() ?? null;
  packer?.pipe(response);
  const target = packer ?? response;
  for (const piece of pieces) if (!target.write(piece)) await once(target, "drain");
  target.end();
}

beforeAll(async () => {
  upstream = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      if (answering !== null) void send(response, answering);
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const { port } = upstream.address() as AddressInfo;
  dataDir = await newDataFolder("one-balance-packed-");
  server = await startServer({
    port: 0,
    dataDir,
    vars: {
      AUTH_KEY: ADMIN_TOKEN,
      AUTH_SECRET: "test-session-secret",
      KEY_ENCRYPTION_SECRET: "test-encryption-secret",
      AI_GATEWAY_URL: `http://127.0.0.1:${port}`,
    },
  });
  admin = new AdminApi(() => server.url, ADMIN_TOKEN);
});

afterAll(async () => {
  await server?.dispose();
  upstream?.closeAllConnections();
  upstream?.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** Sends one request, with two keys that have never been used. */
async function play(protocol: ProtocolStream, encoding: Encoding, pieces: readonly Buffer[]) {
  const { provider } = protocol;
  await admin.call("POST", "provider-keys/delete", { filter: { provider } });
  keys += 1;
  await admin.addKeys(provider, [`sk-fake-packed-${keys}-a`, `sk-fake-packed-${keys}-b`]);
  const now: Answering = { protocol, encoding, answers: [pieces], asked: 0 };
  answering = now;
  const response = await fetch(`${server.url}/api/${provider}/${protocol.path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify(protocol.body),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { response, bytes, asked: now.asked };
}

interface Row {
  readonly id: string;
  readonly outcome: string;
  readonly attempts: number;
}

/** What is expected in the log, by request: it is written a second later, so it is read at the end. */
const expected = new Map<string, Omit<Row, "id">>();

function expectedOutcome({ hasWords, isClosed }: MadeAnswer): string {
  return hasWords && !isClosed ? "upstream_error" : "ok";
}

describe(`made answers through the Worker, seed ${seed}`, () => {
  test.each(
    PROTOCOL_STREAMS.flatMap((protocol) =>
      (["identity", "gzip", "br"] as const).map(
        (encoding) => [protocol.name, encoding, protocol] as const,
      ),
    ),
  )("%s in %s", { timeout: 60_000 }, async (_, encoding, protocol) => {
    const random = new SeededRandom(seed);
    for (let index = 0; index < CASES; index += 1) {
      const made = makeAnswer(random, protocol);
      const { response, bytes, asked } = await play(protocol, encoding, cut(random, made.bytes));
      const about = `case ${index}: ${made.bytes}`;
      expect([response.status, asked], about).toEqual([200, made.hasWords ? 1 : 2]);
      const wanted = made.hasWords ? made.bytes : goodAnswer(protocol);
      expect(bytes.equals(wanted), about).toBe(true);
      const id = response.headers.get("x-one-balance-request-id") ?? about;
      expected.set(id, { outcome: expectedOutcome(made), attempts: asked });
    }
  });

  test("and are logged by how they ended", async () => {
    const logged = async () => {
      const { items } = await admin.call<{ items: readonly Row[] }>("GET", "requests?limit=500");
      return new Map(items.map(({ id, outcome, attempts }) => [id, { outcome, attempts }]));
    };
    await expect.poll(logged, { timeout: 20_000 }).toEqual(expected);
  });
});
