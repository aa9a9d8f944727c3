/**
 * The fake upstream is faithful: official SDKs work directly with it, and it keeps the records that other tests rely
 * on.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { describeAnthropicCalls } from "../e2e/anthropic-calls.ts";
import { describeGoogleCalls } from "../e2e/google-calls.ts";
import { describeOpenAiCalls } from "../e2e/openai-calls.ts";
import { sha256 } from "../e2e/sha256.ts";
import { openBrowserSocket, openNodeSocket } from "../e2e/web-socket-client.ts";
import { BIG_STREAM, BIG_STREAM_SHA256 } from "../fake-upstream/special-models.ts";
import { type FakeUpstream, startFakeUpstream } from "../fake-upstream/start-fake-upstream.ts";

const KEY = "fake-key-good";
let upstream: FakeUpstream;

beforeAll(async () => {
  upstream = await startFakeUpstream({ keys: { [KEY]: { kind: "ok" } } });
});
beforeEach(() => upstream.clear());
afterAll(() => upstream.close());

describeOpenAiCalls(() => ({ baseUrl: `${upstream.gatewayUrl}/openai`, key: KEY }));
describeAnthropicCalls(() => ({ baseUrl: `${upstream.gatewayUrl}/anthropic`, key: KEY }));
describeGoogleCalls(() => ({ baseUrl: `${upstream.gatewayUrl}/google-ai-studio`, key: KEY }));

function chat(key: string, model = "gpt-4o", init: RequestInit = {}): Promise<Response> {
  return fetch(`${upstream.gatewayUrl}/openai/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "hi" }] }),
    ...init,
  });
}

describe("keys", () => {
  test("an unlisted key is invalid, in the provider's words", async () => {
    const response = await chat("sk-fake-unknown");
    expect(response.status).toBe(401);
    expect(await response.text()).toContain('"code":"invalid_api_key"');
  });

  test("a limited key answers its number of requests, then 429 with the time left", async () => {
    upstream.setKey("sk-fake-limited", { kind: "limited", requests: 2, windowMs: 60_000 });
    const statuses = [];
    for (let index = 0; index < 3; index++) statuses.push((await chat("sk-fake-limited")).status);
    expect(statuses).toEqual([200, 200, 429]);
    const refused = await chat("sk-fake-limited");
    expect(Number(refused.headers.get("retry-after-ms"))).toBeGreaterThan(50_000);
  });

  test("a limit on one model leaves the others alone", async () => {
    upstream.setKey("sk-fake-narrow", {
      kind: "limited",
      requests: 0,
      windowMs: 60_000,
      models: ["gpt-4o"],
    });
    expect((await chat("sk-fake-narrow", "gpt-4o")).status).toBe(429);
    expect((await chat("sk-fake-narrow", "gpt-4o-mini")).status).toBe(200);
  });

  test("a flaky key fails the same share each time it starts from the same seed", async () => {
    const run = async (key: string) => {
      upstream.setKey(key, { kind: "flaky", share: 0.3, seed: 42 });
      const statuses = [];
      for (let index = 0; index < 60; index++) statuses.push((await chat(key)).status);
      return statuses;
    };
    const first = await run("sk-fake-flaky-1");
    expect(await run("sk-fake-flaky-2")).toEqual(first);
    const failures = first.filter((status) => status === 503).length;
    expect(failures).toBeGreaterThan(8);
    expect(failures).toBeLessThan(30);
  });

  test("a sequence takes its steps in order and stays on the last", async () => {
    upstream.setKey("sk-fake-steps", {
      kind: "sequence",
      steps: [{ kind: "ok" }, { kind: "html" }, { kind: "ok" }],
    });
    const statuses = [];
    for (let index = 0; index < 4; index++) statuses.push((await chat("sk-fake-steps")).status);
    expect(statuses).toEqual([200, 403, 200, 200]);
  });

  test("a resetting key closes the connection without an answer", async () => {
    upstream.setKey("sk-fake-reset", { kind: "reset" });
    await expect(chat("sk-fake-reset")).rejects.toThrow("fetch failed");
  });
});

describe("WebSockets", () => {
  const socketUrl = (path: string) => `${upstream.gatewayUrl.replace("http", "ws")}/${path}`;

  test("OpenAI Realtime opens a session for a key in a header or a subprotocol", async () => {
    const headers = { authorization: `Bearer ${KEY}` };
    const fromServer = await openNodeSocket(socketUrl("openai?model=gpt-realtime"), { headers });
    const protocols = ["realtime", `openai-insecure-api-key.${KEY}`];
    const fromBrowser = await openBrowserSocket(socketUrl("openai?model=gpt-realtime"), protocols);
    for (const socket of [fromServer, fromBrowser]) {
      expect(await socket.next()).toMatchObject({ type: "session.created" });
      socket.close();
    }
    expect(fromBrowser.protocol).toBe("realtime");
    expect(upstream.requests.map(({ keyFrom }) => keyFrom)).toEqual([
      "authorization: Bearer",
      "subprotocol",
    ]);
  });

  test("Gemini Live answers a set-up and a turn", async () => {
    const socket = await openNodeSocket(socketUrl(`google?api_key=${KEY}`));
    socket.send({ setup: { model: "models/gemini-live-2.5-flash-preview" } });
    expect(await socket.next()).toEqual({ setupComplete: {} });
    socket.send({ clientContent: { turns: [{ parts: [{ text: "hi" }] }], turnComplete: true } });
    expect(await socket.next()).toMatchObject({ serverContent: { modelTurn: {} } });
    socket.close();
  });

  test("an unknown key is rejected at the handshake", async () => {
    await expect(openNodeSocket(socketUrl("openai?model=x"))).rejects.toThrow("401");
  });
});

describe("books", () => {
  test("a request is recorded with its key, model and body hash", async () => {
    await chat(KEY);
    const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "hi" }] });
    expect(upstream.requests).toHaveLength(1);
    expect(upstream.requests[0]).toMatchObject({
      slug: "openai",
      path: "chat/completions",
      key: KEY,
      keyFrom: "authorization: Bearer",
      model: "gpt-4o",
      bodySha256: sha256(Buffer.from(body)),
      status: 200,
      abortedAtMs: null,
    });
    expect(upstream.ledger.get(KEY)).toEqual({ requests: 1, statuses: { 200: 1 } });
  });

  test("a client that leaves in mid-stream is noted", async () => {
    const client = new AbortController();
    const response = await chat(KEY, "fake-slow-stream", { signal: client.signal });
    await response.body?.getReader().read();
    client.abort();
    await expect.poll(() => upstream.requests[0]?.abortedAtMs).toBeGreaterThan(0);
  });

  test("the 2 MB stream has the hash it says", async () => {
    const bytes = Buffer.from(await (await chat(KEY, "fake-2mb-stream")).arrayBuffer());
    expect(bytes.length).toBe(BIG_STREAM.length);
    expect(sha256(bytes)).toBe(BIG_STREAM_SHA256);
  });
});
