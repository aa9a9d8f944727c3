/** Streamed responses on workerd: bytes, back-pressure, a client that leaves, an upstream that breaks off. */
import { rm } from "node:fs/promises";
import { createServer, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningServer, startServer } from "../../scripts/serve.ts";
import { AdminApi } from "./admin-api.ts";
import { newDataFolder } from "./data-folder.ts";
import { ADMIN_TOKEN } from "./harness.ts";
import { sha256 } from "./sha256.ts";

/** One response of the upstream while it is sent. */
class Sending {
  sentBytes = 0;
  closedAtMs: number | null = null;
  readonly response: ServerResponse;

  constructor(response: ServerResponse) {
    this.response = response;
    response.on("close", () => {
      this.closedAtMs = Date.now();
    });
  }

  /** Writes as fast as the reader takes it. */
  async write(chunk: Buffer): Promise<void> {
    if (this.response.destroyed) return;
    this.sentBytes += chunk.length;
    if (this.response.write(chunk)) return;
    await new Promise<void>((resolve) => {
      this.response.once("drain", resolve);
      this.response.once("close", resolve);
    });
  }
}

type Script = (sending: Sending) => Promise<void>;

const event = (text: string) =>
  Buffer.from(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text } }] })}\n\n`);
const USAGE = Buffer.from(
  'data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":99}}\n\ndata: [DONE]\n\n',
);
const KIB = "x".repeat(960);
const MIB = 1024 * 1024;

let script: Script = async () => {};
let sending: Sending | null = null;
let upstream: Server;
let server: RunningServer;
let admin: AdminApi;
let dataDir: string;

beforeAll(async () => {
  upstream = createServer((request, response) => {
    request.resume();
    request.on("end", async () => {
      sending = new Sending(response);
      response.writeHead(200, { "content-type": "text/event-stream" });
      await script(sending);
      response.end();
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const { port } = upstream.address() as AddressInfo;
  dataDir = await newDataFolder("one-balance-streams-");
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
  await admin.addKeys("openai", ["sk-fake-streams"]);
});

afterAll(async () => {
  await server?.dispose();
  upstream?.closeAllConnections();
  upstream?.close();
  await rm(dataDir, { recursive: true, force: true });
});

const BODY = JSON.stringify({
  model: "gpt-stream",
  stream: true,
  messages: [{ role: "user", content: "hi" }],
});
const HEADERS = { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" };

const ask = () =>
  fetch(`${server.url}/api/openai/chat/completions`, {
    method: "POST",
    headers: HEADERS,
    body: BODY,
  });

/** A client that can stop reading, and leave without notice. */
function openSocket(): Socket {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  const lines = Object.entries({ host: "x", "content-length": String(BODY.length), ...HEADERS });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.write(`POST /api/openai/chat/completions HTTP/1.1\r\n${head}\r\n${BODY}`);
  return socket;
}

interface Row {
  readonly outcome: string;
  readonly status: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly isEstimate: boolean;
}

/** The newest row of the request log with this outcome, once it is written. */
async function newestRow(outcome: string): Promise<Row> {
  let row: Row | undefined;
  await expect
    .poll(async () => {
      // Events are written with the next request, whatever it is.
      await (await fetch(`${server.url}/api/openai/v1/models`)).arrayBuffer();
      const { items } = await admin.call<{ items: Row[] }>("GET", "requests?limit=20");
      row = items.find(({ outcome }) => outcome !== "denied");
      return row?.outcome;
    })
    .toBe(outcome);
  if (row === undefined) throw new Error("no row");
  return row;
}

describe("a streamed answer on workerd", () => {
  test("arrives byte for byte, chunk by chunk, and its usage is read", async () => {
    const chunks = Array.from({ length: 100 }, (_, index) => event(`word ${index} `));
    script = async (to) => {
      for (const chunk of chunks) {
        await to.write(chunk);
        await sleep(5);
      }
      await to.write(USAGE);
    };
    const response = await ask();
    const parts: Buffer[] = [];
    const reader = response.body?.getReader();
    for (let next = await reader?.read(); next?.value; next = await reader?.read()) {
      parts.push(Buffer.from(next.value));
    }
    expect(sha256(Buffer.concat(parts))).toBe(sha256(Buffer.concat([...chunks, USAGE])));
    // Nothing is buffered on the way; consecutive parts may share a packet.
    expect(parts.length).toBeGreaterThan(50);
    expect(await newestRow("ok")).toMatchObject({
      status: 200,
      inputTokens: 7,
      outputTokens: 99,
      isEstimate: false,
    });
  });

  test("of 128 MB is not sent ahead of a client that has stopped reading, and arrives once it reads", async () => {
    const chunk = Buffer.concat(Array.from({ length: 64 }, () => event(KIB)));
    const total = Math.ceil((128 * MIB) / chunk.length) * chunk.length;
    script = async (to) => {
      while (to.sentBytes < total && !to.response.destroyed) await to.write(chunk);
      await to.write(USAGE);
    };
    const socket = openSocket();
    socket.pause();
    // What the sockets on the way buffer, which is up to the kernel; then the upstream has to wait.
    let held = -1;
    while (held !== sending?.sentBytes) {
      held = sending?.sentBytes ?? 0;
      await sleep(1000);
    }
    expect(held).toBeLessThan(total / 2);
    await sleep(3000);
    expect((sending?.sentBytes ?? 0) - held).toBeLessThan(MIB);
    let received = 0;
    const ended = new Promise<void>((resolve) => {
      socket.on("data", (data) => {
        received += data.length;
        if (data.subarray(-5).toString("latin1") === "0\r\n\r\n") resolve();
      });
    });
    socket.resume();
    await ended;
    socket.destroy();
    expect(received).toBeGreaterThan(total);
    expect(sending?.sentBytes).toBe(total + USAGE.length);
    await newestRow("ok");
  });

  test("ends at the upstream within 100 ms of its client's leaving, and all that was sent is counted", async () => {
    const words = 40;
    script = async (to) => {
      // All at once, after the meter's first look, and then silence.
      await to.write(event("first "));
      await sleep(300);
      for (let index = 1; index < words; index += 1) await to.write(event("word "));
      await new Promise<void>((resolve) => to.response.once("close", resolve));
    };
    const socket = openSocket();
    let text = "";
    await new Promise<void>((resolve) => {
      socket.on("data", (data) => {
        text += data;
        if (text.split('"content"').length > words) resolve();
      });
    });
    const leftAtMs = Date.now();
    socket.resetAndDestroy();
    await expect.poll(() => sending?.closedAtMs ?? null).not.toBeNull();
    expect((sending?.closedAtMs ?? 0) - leftAtMs).toBeLessThan(100);
    const row = await newestRow("aborted");
    expect(row).toMatchObject({ status: 499, isEstimate: true });
    const textBytes = "first ".length + (words - 1) * "word ".length;
    expect(row.outputTokens).toBe(Math.ceil(textBytes / 4));
  });

  test("that breaks off at the upstream breaks off at the client, and is the upstream's fault", async () => {
    script = async (to) => {
      for (let index = 0; index < 20; index += 1) {
        await to.write(event("word "));
        await sleep(20);
      }
      to.response.destroy();
    };
    const response = await ask();
    await expect(response.text()).rejects.toThrow();
    const row = await newestRow("upstream_error");
    expect(row).toMatchObject({ status: 200, isEstimate: true });
    expect(row.outputTokens).toBe((20 * "word ".length) / 4);
  });
});
