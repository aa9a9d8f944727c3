/**
 * WebSockets of every service that can be read: what the frames report is in the log and the rollups, a token's models
 * and budget apply within a session, and an open socket ends with its token.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ADMIN_TOKEN, removeKeys, type Stack, startStack } from "./harness.ts";
import { type Conversation, openNodeSocket } from "./web-socket-client.ts";

const PROVIDERS = ["openai", "google-ai-studio", "elevenlabs", "deepgram", "cartesia", "fal"];

let stack: Stack;
let serial = 0;
beforeAll(async () => {
  // In objects, as deployed; `websocket.test.ts` covers sessions in the Worker.
  const vars = { WEBSOCKETS: "object" };
  stack = await startStack({ vars, upstream: { unknownKey: () => ({ kind: "ok" }) } });
  await removeKeys(stack, PROVIDERS);
  for (const provider of PROVIDERS) {
    await stack.admin.addKeys(provider, [`fake-socket-key-${provider}`]);
  }
});
beforeEach(() => stack.upstream.clear());
afterAll(() => stack?.close());

async function newToken(limits: object): Promise<{ readonly id: string; readonly token: string }> {
  serial += 1;
  const body = { name: `socket ${serial}`, ...limits };
  return stack.admin.call("POST", "access-tokens", body) as Promise<{ id: string; token: string }>;
}

const open = (path: string, token: string) =>
  openNodeSocket(`${stack.url.replace("http", "ws")}/api/${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });

interface LogItem {
  readonly model: string | null;
  readonly status: number;
  readonly outcome: string;
  readonly errorCode: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

async function logOf(tokenId: string): Promise<readonly LogItem[]> {
  const page = await stack.admin.call("GET", `requests?token=${tokenId}`);
  return (page as { items: readonly LogItem[] }).items;
}

/** Reads until a message of this type, or with this field. */
async function until(socket: Conversation, mark: string): Promise<Record<string, unknown>> {
  for (;;) {
    const message = await socket.next();
    if (message.type === mark || JSON.stringify(message).includes(mark)) return message;
  }
}

/** One turn, in the protocol of the service. */
interface Service {
  readonly path: string;
  readonly model: string;
  /** For each turn, as the fake upstream reports it. */
  readonly tokens: readonly [input: number | null, output: number | null];
  turn(socket: Conversation, model: string): Promise<unknown>;
}

const SERVICES: Readonly<Record<string, Service>> = {
  "openai realtime": {
    path: "openai/realtime?model=gpt-realtime",
    model: "gpt-realtime",
    tokens: [5, 7],
    turn(socket) {
      socket.send({ type: "response.create", response: { instructions: "one two" } });
      return until(socket, "response.done");
    },
  },
  "openai responses": {
    path: "openai/v1/responses",
    model: "gpt-5-mini",
    tokens: [5, 7],
    turn(socket, model) {
      socket.send({ type: "response.create", model, input: "one two" });
      return until(socket, "response.completed");
    },
  },
  "gemini live": {
    path: "google-ai-studio/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent",
    model: "gemini-live-2.5-flash-preview",
    tokens: [5, 7],
    async turn(socket, model) {
      socket.send({ setup: { model: `models/${model}` } });
      await until(socket, "setupComplete");
      const turns = [{ role: "user", parts: [{ text: "one two" }] }];
      socket.send({ clientContent: { turns, turnComplete: true } });
      return until(socket, "turnComplete");
    },
  },
  deepgram: {
    path: "deepgram/v1/listen?model=nova-3",
    model: "nova-3",
    tokens: [null, null],
    turn(socket) {
      socket.sendRaw(Buffer.alloc(32_000, 0x7b));
      return until(socket, "Results");
    },
  },
  elevenlabs: {
    path: "elevenlabs/v1/text-to-speech/v/stream-input?model_id=eleven_flash_v2_5",
    model: "eleven_flash_v2_5",
    tokens: [null, null],
    turn(socket) {
      socket.send({ text: "hello " });
      return socket.next();
    },
  },
  cartesia: {
    path: "cartesia/tts/websocket",
    model: "sonic-2",
    tokens: [null, null],
    turn(socket, model) {
      socket.send({ model_id: model, transcript: "hello", context_id: "a" });
      return until(socket, '"done":true');
    },
  },
};

describe.each(Object.entries(SERVICES))("%s", (_name, service) => {
  test("two turns are one row with the use of both, and the rollups agree", async () => {
    const { id, token } = await newToken({ models: [service.model], dailyRequests: 1 });
    const socket = await open(service.path, token);
    await service.turn(socket, service.model);
    await service.turn(socket, service.model);
    socket.close(1000, "done");
    expect(await socket.closed).toEqual({ code: 1000, reason: "done" });
    await expect.poll(() => logOf(id), { timeout: 8_000 }).toHaveLength(1);
    const [input, output] = service.tokens.map((count) => (count === null ? null : count * 2));
    expect((await logOf(id))[0]).toMatchObject({
      model: service.model,
      status: 101,
      outcome: "ok",
      errorCode: null,
      inputTokens: input,
      outputTokens: output,
    });
    const usage = (await stack.admin.call("GET", "usage?groupBy=token")) as {
      rows: readonly { group: string; requests: number; inputTokens: number }[];
    };
    const rows = usage.rows.filter(({ group }) => group === id);
    expect(rows.reduce((sum, { requests }) => sum + requests, 0)).toBe(1);
    expect(rows.reduce((sum, { inputTokens }) => sum + inputTokens, 0)).toBe(input ?? 0);
  });

  test("is closed within 5 s of its token's revocation", async () => {
    const { id, token } = await newToken({});
    const socket = await open(service.path, token);
    await service.turn(socket, service.model);
    await stack.admin.call("DELETE", `access-tokens/${id}`);
    const revokedMs = Date.now();
    expect(await socket.closed).toMatchObject({
      code: 4401,
      reason: expect.stringMatching(/^invalid_access_token/),
    });
    expect(Date.now() - revokedMs).toBeLessThan(5_000);
    await expect.poll(() => stack.upstream.requests[0]?.abortedAtMs).toBeTypeOf("number");
  });
});

describe("a token that is limited to models", () => {
  test.each(["openai responses", "gemini live", "cartesia"])(
    "%s: a frame that names another model is not sent, and closes the session",
    async (name) => {
      const service = SERVICES[name] as Service;
      const { id, token } = await newToken({ models: [service.model] });
      const socket = await open(service.path, token);
      void service.turn(socket, "forbidden-model");
      expect(await socket.closed).toMatchObject({
        code: 4403,
        reason: expect.stringContaining("forbidden-model"),
      });
      await expect.poll(() => logOf(id), { timeout: 8_000 }).toHaveLength(1);
      expect((await logOf(id))[0]).toMatchObject({ errorCode: "access_denied", inputTokens: null });
    },
  );

  test.each([
    ["openai/realtime?model=forbidden-model"],
    ["openai/realtime?model=gpt-realtime&model=forbidden-model"],
    ["deepgram/v1/listen?model=forbidden-model"],
    ["elevenlabs/v1/convai/conversation?agent_id=a"],
    ["fal/fal-ai/fast-lcm-diffusion/realtime"],
  ])("is rejected at the handshake of %s", async (path) => {
    const models = ["gpt-realtime", "nova-3", "fal-ai/fast-lcm-diffusion"];
    const { token } = await newToken({ models });
    await expect(open(path, token)).rejects.toThrow("403");
    expect(stack.upstream.requests).toEqual([]);
  });
});

test("100 tokens a day are overrun by one turn at most, on several sockets at once", async () => {
  const { id, token } = await newToken({ dailyTokens: 100 });
  const sockets = await Promise.all([1, 2, 3].map(() => open("openai/v1/responses", token)));
  const ask = { type: "response.create", model: "gpt-5-mini", input: "one" };
  for (const socket of sockets) {
    void (async () => {
      for (let turn = 0; turn < 10; turn += 1) {
        socket.send({ ...ask, metadata: { input: "40", output: "10" } });
        await until(socket, "response.completed");
      }
    })();
  }
  const ends = await Promise.all(sockets.map(({ closed }) => closed));
  for (const end of ends) {
    expect(end).toMatchObject({
      code: 4429,
      reason: expect.stringContaining("100 tokens per day"),
    });
  }
  await expect(open("openai/v1/responses", token)).rejects.toThrow("429");
  await expect.poll(() => logOf(id), { timeout: 8_000 }).toHaveLength(4);
  const used = (await logOf(id)).reduce(
    (sum, { inputTokens, outputTokens }) => sum + (inputTokens ?? 0) + (outputTokens ?? 0),
    0,
  );
  expect(used).toBeGreaterThanOrEqual(100);
  expect(used).toBeLessThanOrEqual(150);
});

test("a token without limits may use what cannot be read, and sound passes as it is", async () => {
  const socket = await open("fal/fal-ai/fast-lcm-diffusion/realtime", ADMIN_TOKEN);
  const sound = Buffer.from('{"x":1}');
  socket.sendRaw(sound);
  expect(await socket.next()).toEqual({ x: 1 });
  socket.close();
});

test("more sessions at once than an object has seats for are all open", async () => {
  const { token } = await newToken({});
  const sockets = await Promise.all(
    Array.from({ length: 10 }, () => open("openai/realtime?model=gpt-realtime", token)),
  );
  for (const socket of sockets) {
    await until(socket, "session.created");
    await SERVICES["openai realtime"]?.turn(socket, "gpt-realtime");
  }
  for (const socket of sockets) socket.close();
  await Promise.all(sockets.map(({ closed }) => closed));
});
