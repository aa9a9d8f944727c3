/** Sessions between workerd's own WebSockets, with tokens in D1. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { openDatabase } from "../../lib/db/open-database";
import { createIsolateState } from "../../lib/db/state/isolate-state";
import { revokeAccessToken } from "../../lib/manage/tokens/revoke-access-token";
import { handleProxyRequest, type ProxyInstance } from "../../lib/proxy/handle-request";
import { splitProxyPath } from "../../lib/proxy/request/proxy-path";
import { loadPriceBook } from "../../lib/usage/price";
import { MemoryBudgets } from "../doors/memory-budgets";
import { MemoryCatalog } from "../doors/memory-catalog";
import { MemoryUsage } from "../doors/memory-usage";
import { MemoryWorks } from "../doors/memory-works";
import { ACTOR, db, emptyStore, SECRETS, storeKey, storeToken } from "./test-store";

beforeEach(emptyStore);

const manage = { db, secrets: SECRETS, nowMs: Date.now, actor: ACTOR };

interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** One end, with what it received. */
class End {
  readonly got: (string | ArrayBuffer)[] = [];
  readonly closed: Promise<Closed>;
  readonly socket: WebSocket;
  #wake = () => {};

  constructor(socket: WebSocket, answer: (data: string | ArrayBuffer) => void = () => {}) {
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => {
      const frame = data as string | ArrayBuffer;
      this.got.push(frame);
      this.#wake();
      answer(frame);
    });
    this.closed = new Promise((resolve) => {
      socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason }));
    });
    socket.accept();
  }

  async frames(count: number): Promise<readonly (string | ArrayBuffer)[]> {
    while (this.got.length < count) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.got;
  }
}

async function openSession(path: string, limits: Parameters<typeof storeToken>[1] = {}) {
  await storeKey("sk-fake-socket");
  const token = await storeToken("token-text", limits);
  const usage = new MemoryUsage();
  let upstream: End | undefined;
  const proxy: ProxyInstance = {
    config: {
      gatewayUrl: null,
      gatewayToken: null,
      maxAttempts: 2,
      firstByteTimeoutMs: 10_000,
      consecutive429Threshold: 5,
    },
    ports: {
      nowMs: Date.now,
      random: Math.random,
      fetch: async () => {
        const { 0: far, 1: near } = new WebSocketPair();
        upstream = new End(near, (data) => {
          if (typeof data !== "string") near.send(data);
          else if (JSON.parse(data).type === "response.create") {
            near.send('{"type":"response.created","response":{"id":"resp_1"}}');
            near.send(
              '{"type":"response.completed","response":{"usage":{"input_tokens":40,"output_tokens":10}}}',
            );
          }
        });
        return new Response(null, { status: 101, webSocket: far });
      },
      setTimer: (callback, ms) => {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
      newRequestId: () => "req_1",
      state: createIsolateState({
        db: openDatabase(env.DB),
        secrets: SECRETS,
        authKey: "",
        nowMs: Date.now,
        random: Math.random,
      }),
      usage,
      prices: () => loadPriceBook(),
      budgets: new MemoryBudgets(),
      works: new MemoryWorks(),
    },
    catalog: new MemoryCatalog(),
  };
  const url = new URL(`http://one-balance.test/api/${path}`);
  const request = new Request(url, {
    headers: { upgrade: "websocket", authorization: "Bearer token-text" },
  });
  const at = splitProxyPath(url.pathname);
  if (at === null) throw new Error(path);
  const response = await handleProxyRequest(request, url, at, proxy, () => {});
  const socket = response.webSocket;
  return { response, usage, token, client: socket && new End(socket), upstream: () => upstream };
}

const create = JSON.stringify({ type: "response.create", model: "gpt-5-mini" });

describe("a session", () => {
  test("passes text and sound both ways, counts its turns, and hands on how it was closed", async () => {
    const { client, upstream, usage } = await openSession("openai/v1/responses");
    client?.socket.send(create);
    const sound = new Uint8Array([1, 2, 250]).buffer;
    client?.socket.send(sound);
    const frames = (await client?.frames(3)) ?? [];
    expect(frames[1]).toContain("response.completed");
    expect(new Uint8Array(frames[2] as ArrayBuffer)).toEqual(new Uint8Array([1, 2, 250]));
    client?.socket.close(4000, "enough");
    expect(await upstream()?.closed).toEqual({ code: 4000, reason: "enough" });
    await expect.poll(() => usage.events.map(({ part }) => part)).toEqual(["turn", "session"]);
    expect(usage.events[1]).toMatchObject({
      turns: 1,
      usage: { inputTokens: 40, outputTokens: 10 },
    });
  });

  test("is closed within 5 s after its token was revoked, though nothing passes", async () => {
    const { client, upstream, token } = await openSession("openai/v1/responses");
    client?.socket.send(create);
    await client?.frames(2);
    await revokeAccessToken(manage, "everyone", token);
    const revokedMs = Date.now();
    expect(await client?.closed).toMatchObject({ code: 4401 });
    expect(Date.now() - revokedMs).toBeLessThan(5_000);
    expect(await upstream()?.closed).toMatchObject({ code: 1000 });
  });

  test("of a limited token is closed before another model is called", async () => {
    const { client, upstream } = await openSession("openai/v1/responses", {
      models: ["gpt-5-nano"],
    });
    client?.socket.send(create);
    expect(await client?.closed).toMatchObject({
      code: 4403,
      reason: expect.stringContaining("gpt-5-mini"),
    });
    expect(upstream()?.got).toEqual([]);
  });

  test("of a token with a budget is closed when its turns have used it up", async () => {
    const { client, usage } = await openSession("openai/v1/responses", { dailyTokens: 100 });
    for (let turn = 0; turn < 4; turn += 1) client?.socket.send(create);
    expect(await client?.closed).toMatchObject({ code: 4429 });
    const turns = usage.events.filter(({ part }) => part === "turn");
    expect(turns).toHaveLength(2);
  });
});
