/** WebSocket services through the proxy, with a pooled key. */
import { GoogleGenAI } from "@google/genai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ADMIN_TOKEN, removeKeys, type Stack, startStack } from "./harness.ts";
import { rawUpgrade } from "./raw-http.ts";
import { openBrowserSocket, openNodeSocket } from "./web-socket-client.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    upstream: {
      keys: {
        "sk-fake-openai": { kind: "ok" },
        "AIza-fake": { kind: "ok" },
        "el-fake": { kind: "ok" },
      },
    },
  });
});
beforeEach(async () => {
  await removeKeys(stack, ["openai", "google-ai-studio", "elevenlabs"]);
  stack.upstream.clear();
});
afterAll(() => stack?.close());

const socketUrl = (path: string) => `${stack.url.replace("http", "ws")}/api/${path}`;
const REALTIME = "openai/realtime?model=gpt-realtime";

describe("OpenAI Realtime", () => {
  beforeEach(() => stack.admin.addKeys("openai", ["sk-fake-openai"]));

  test("with an Authorization header: messages pass both ways, the pool's key goes upstream", async () => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const socket = await openNodeSocket(socketUrl(REALTIME), { headers });
    expect(await socket.next()).toMatchObject({
      type: "session.created",
      session: { model: "gpt-realtime" },
    });
    socket.send({ type: "response.create", response: { instructions: "one" } });
    const types: unknown[] = [];
    while (types.at(-1) !== "response.done") types.push((await socket.next()).type);
    expect(types[0]).toBe("response.created");
    expect(types).toContain("response.output_text.delta");
    socket.close();
    const [request] = stack.upstream.requests;
    expect(request).toMatchObject({ key: "sk-fake-openai", keyFrom: "authorization: Bearer" });
    expect(JSON.stringify(request)).not.toContain(ADMIN_TOKEN);
  });

  test("at the shared doors: by the provider's name, by the only pool that has them, by an alias", async () => {
    await stack.admin.call("POST", "model-aliases", {
      name: "voice",
      targets: [{ provider: "openai", model: "gpt-realtime-mini" }],
    });
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    for (const [model, asked] of [
      ["openai/gpt-realtime", "gpt-realtime"],
      ["gpt-realtime", "gpt-realtime"],
      ["voice", "gpt-realtime-mini"],
    ] as const) {
      for (const door of ["/v1", "/api/compat"]) {
        const address = `${stack.url.replace("http", "ws")}${door}/realtime?model=${model}`;
        const socket = await openNodeSocket(address, { headers });
        expect(await socket.next()).toMatchObject({ session: { model: asked } });
        socket.close();
      }
    }
    await stack.admin.call("DELETE", "model-aliases/voice");
  });

  test("from a browser, by subprotocols: `realtime` is chosen and no credential is echoed", async () => {
    const protocols = ["realtime", `openai-insecure-api-key.${ADMIN_TOKEN}`];
    const socket = await openBrowserSocket(socketUrl(REALTIME), protocols);
    expect(socket.protocol).toBe("realtime");
    expect(await socket.next()).toMatchObject({ type: "session.created" });
    socket.close();
    const [request] = stack.upstream.requests;
    expect(request?.key).toBe("sk-fake-openai");
    expect(JSON.stringify(request)).not.toContain(ADMIN_TOKEN);
  });

  test("a model alias in the query leads to the target's model, past targets of other services", async () => {
    await stack.admin.call("POST", "model-aliases", {
      name: "voice",
      targets: [
        { provider: "groq", model: "llama-4" },
        { provider: "openai", model: "gpt-realtime-mini" },
      ],
    });
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const socket = await openNodeSocket(socketUrl("openai/realtime?model=voice&x=a%20b"), {
      headers,
    });
    expect(await socket.next()).toMatchObject({ session: { model: "gpt-realtime-mini" } });
    socket.close();
    const told = await rawUpgrade(`${stack.url}/api/openai/realtime?model=voice`, headers);
    expect(told["x-one-balance-target"]).toBe("openai/gpt-realtime-mini");
    await stack.admin.call("DELETE", "model-aliases/voice");
  });

  test("a client's leaving closes the upstream's socket within a second", async () => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const socket = await openNodeSocket(socketUrl(REALTIME), { headers });
    await socket.next();
    const leftAtMs = Date.now();
    socket.close();
    await expect
      .poll(() => stack.upstream.requests[0]?.abortedAtMs, { timeout: 3000 })
      .toBeTypeOf("number");
    expect((stack.upstream.requests[0]?.abortedAtMs ?? 0) - leftAtMs).toBeLessThan(1000);
  });

  test("an unknown token is rejected at the handshake with 401", async () => {
    const headers = { authorization: "Bearer not-a-token" };
    await expect(openNodeSocket(socketUrl(REALTIME), { headers })).rejects.toThrow("401");
    expect(stack.upstream.requests).toEqual([]);
  });
});

describe("bad keys at the handshake", () => {
  test("an invalid and a limited key give way to the next one", async () => {
    stack.upstream.setKey("sk-fake-limited", { kind: "limited", requests: 0, windowMs: 60_000 });
    await stack.admin.addKeys("openai", ["sk-fake-invalid", "sk-fake-limited", "sk-fake-openai"]);
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    for (let index = 0; index < 3; index++) {
      const socket = await openNodeSocket(socketUrl(REALTIME), { headers });
      expect(await socket.next()).toMatchObject({ type: "session.created" });
      socket.close();
    }
    const { ledger } = stack.upstream;
    expect(ledger.get("sk-fake-invalid")?.requests).toBe(1);
    expect(ledger.get("sk-fake-limited")?.requests).toBe(1);
    expect(ledger.get("sk-fake-openai")?.statuses).toEqual({ 101: 3 });
  });

  test("the pool's key is in no header of the handshake's answer", async () => {
    await stack.admin.addKeys("openai", ["sk-fake-openai"]);
    const headers = await rawUpgrade(`${stack.url}/api/${REALTIME}`, {
      "sec-websocket-protocol": `realtime, openai-insecure-api-key.${ADMIN_TOKEN}`,
    });
    expect(headers["sec-websocket-protocol"]).toBe("realtime");
    expect(JSON.stringify(headers)).not.toContain("sk-fake-openai");
    expect(JSON.stringify(headers)).not.toContain(ADMIN_TOKEN);
  });
});

describe("Gemini Live", () => {
  beforeEach(() => stack.admin.addKeys("google-ai-studio", ["AIza-fake"]));

  test("the Google Gen AI SDK holds a live conversation", async () => {
    const client = new GoogleGenAI({
      apiKey: ADMIN_TOKEN,
      httpOptions: { baseUrl: `${stack.url}/api/google-ai-studio` },
    });
    let text = "";
    const turn = Promise.withResolvers<void>();
    const session = await client.live.connect({
      model: "gemini-live-2.5-flash-preview",
      callbacks: {
        onmessage: (message) => {
          text += message.serverContent?.modelTurn?.parts?.[0]?.text ?? "";
          if (message.serverContent?.turnComplete) turn.resolve();
        },
        onerror: (event) => turn.reject(new Error(event.message)),
      },
    });
    session.sendClientContent({ turns: [{ role: "user", parts: [{ text: "hello" }] }] });
    await turn.promise;
    session.close();
    expect(text).toBe("You said: hello");
    const [request] = stack.upstream.requests;
    expect(request).toMatchObject({ slug: "google", key: "AIza-fake" });
    expect(JSON.stringify(request)).not.toContain(ADMIN_TOKEN);
  });
});

describe("ElevenLabs", () => {
  test("text in, audio out; the key goes upstream as AI Gateway takes it and is not echoed", async () => {
    await stack.admin.addKeys("elevenlabs", ["el-fake"]);
    const path = "elevenlabs/v1/text-to-speech/voice1/stream-input?model_id=eleven_flash_v2_5";
    const socket = await openNodeSocket(socketUrl(path), {
      headers: { "xi-api-key": ADMIN_TOKEN },
    });
    socket.send({ text: "hello " });
    const audio = await socket.next();
    expect(Buffer.from(String(audio.audio), "base64")).toHaveLength(1024);
    socket.send({ text: "" });
    expect(await socket.next()).toMatchObject({ isFinal: true });
    const [request] = stack.upstream.requests;
    expect(request).toMatchObject({ slug: "elevenlabs", key: "el-fake", keyFrom: "subprotocol" });
    expect(socket.protocol).toBe("");
  });
});
