/**
 * Converted responses through workerd, with its own streams and decompression: event by event as they come, compressed
 * or not, and cancelled when the client leaves. Only the Worker's entry; nothing is built.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ChatAnswer, chatStream, wholeChatAnswer } from "../answers/chat-answers.ts";
import { type ProxyServer, startProxyServer } from "./proxy-server.ts";
import { storeKeys } from "./stored-rows.ts";

const TOKEN = "converted-test-token";
const SECRET = "test-encryption-secret";
const MODEL = "fireworks/some-model";
const messages = [{ role: "user" as const, content: "Hi" }];
const ask = { model: MODEL, max_tokens: 500, messages };

const ANSWER: ChatAnswer = {
  reasoning: "hm",
  text: "Hello there, ✓",
  calls: [{ id: "call_0", name: "weather", input: { city: "Bern" } }],
  finish: "tool_calls",
  usage: { input: 120, cached: 20, output: 30 },
  cuts: [3],
  isMixed: false,
};

type Answering = (request: IncomingMessage, response: ServerResponse) => void;

let answering: Answering;
let upstream: Server;
let server: ProxyServer;
/** Errors of the Worker, and of its object. */
const logged: string[] = [];

beforeAll(async () => {
  upstream = createServer((request, response) => {
    request.resume();
    request.on("end", () => answering(request, response));
  });
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const { port } = upstream.address() as AddressInfo;
  server = await startProxyServer({
    entry: fileURLToPath(new URL("../../worker.ts", import.meta.url)),
    vars: {
      AUTH_KEY: TOKEN,
      KEY_ENCRYPTION_SECRET: SECRET,
      AI_GATEWAY_URL: `http://127.0.0.1:${port}/gateway`,
    },
    hasObject: true,
    onError: (message) => void logged.push(message),
  });
  await storeKeys(server.database, SECRET, "fireworks", 1);
});

afterAll(async () => {
  await server?.close();
  upstream?.closeAllConnections();
  upstream?.close();
});

beforeEach(() => {
  answering = () => {};
});

const anthropic = () => new Anthropic({ baseURL: server.url, apiKey: TOKEN, maxRetries: 0 });
const openai = () => new OpenAI({ baseURL: `${server.url}/v1`, apiKey: TOKEN, maxRetries: 0 });

const asStream = { "content-type": "text/event-stream" };

const WORDS = ["One ", "two ", "three"];

const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: "c", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

/** Responds with one word; each further word, and the end, when `more` is called. */
function wordByWord(): { more(): void } {
  let left = 0;
  let open: ServerResponse | null = null;
  const more = () => {
    const word = WORDS[left];
    left += 1;
    if (word === undefined) open?.end(`${chunk({}, "stop")}data: [DONE]\n\n`);
    else open?.write(chunk({ content: word }));
  };
  answering = (_, response) => {
    response.writeHead(200, asStream);
    open = response;
    more();
  };
  return { more };
}

/** With a short limit, they are converted in the Worker. */
describe.each([500, 50])("events, up to %i tokens", (max_tokens) => {
  const ask = { model: MODEL, max_tokens, messages };

  test("of Messages are handed on as they come", async () => {
    const { more } = wordByWord();
    const seen: string[] = [];
    for await (const event of anthropic().messages.stream(ask)) {
      if (event.type !== "content_block_delta" || event.delta.type !== "text_delta") continue;
      seen.push(event.delta.text);
      more();
    }
    expect(seen).toEqual(WORDS);
  });

  test("of Responses are handed on as they come", async () => {
    const { more } = wordByWord();
    const seen: string[] = [];
    const stream = await openai().responses.create({
      ...{ model: MODEL, input: "Hi", stream: true },
      max_output_tokens: max_tokens,
    });
    for await (const event of stream) {
      if (event.type !== "response.output_text.delta") continue;
      seen.push(event.delta);
      more();
    }
    expect(seen).toEqual(WORDS);
  });

  test("end at the upstream when the client leaves", async () => {
    wordByWord();
    const begin = answering;
    const left = new Promise<void>((resolve) => {
      answering = (request, response) => {
        begin(request, response);
        // Without the local server's front, workerd notices it only when it has something to send.
        const writing = setInterval(() => response.write(chunk({ content: "more " })), 20);
        response.on("close", () => {
          clearInterval(writing);
          resolve();
        });
      };
    });
    for await (const event of anthropic().messages.stream(ask)) {
      if (event.type === "content_block_delta") break;
    }
    await left;
  });
});

/** More than all buffers on the way. */
const FLOOD_BYTES = 64 * 1024 * 1024;

describe.each([500, 50])("a client that does not read, up to %i tokens", (max_tokens) => {
  test("holds the upstream back, and its leaving ends it", async () => {
    const event = chunk({ content: "x".repeat(10_000) });
    let sent = 0;
    const left = new Promise<void>((resolve) => {
      answering = (_, response) => {
        response.writeHead(200, asStream);
        response.on("close", resolve);
        const flood = () => {
          do sent += event.length;
          while (response.write(event) && sent < FLOOD_BYTES);
          response.once("drain", flood);
        };
        flood();
      };
    });
    const response = await fetch(`${server.url}/v1/messages`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({ ...ask, max_tokens, stream: true }),
    });
    const reader = response.body?.getReader();
    await reader?.read();
    // It stands still once nothing has been taken for a while.
    for (let before = -1, still = 0; still < 10; still = sent === before ? still + 1 : 0) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(sent).toBeLessThan(FLOOD_BYTES / 2);
    await reader?.cancel();
    await left;
    expect(logged).toEqual([]);
  });
});

const PACKERS = {
  identity: (text: string) => Buffer.from(text),
  gzip: (text: string) => gzipSync(text),
  br: (text: string) => brotliCompressSync(text),
  // Neither is requested, and some send it to everyone.
  deflate: (text: string) => deflateSync(text),
  zstd: (text: string) => {
    const middle = Math.floor(text.length / 2);
    const frames = [text.slice(0, middle), text.slice(middle)];
    return Buffer.concat(frames.map((frame) => zstdCompressSync(frame)));
  },
} as const;

describe("a long stream", () => {
  const content = (index: number) => `${index} ✓ ${"x".repeat(50)} `;

  test("is converted in an object, and nothing of it is lost", async () => {
    const events = Array.from({ length: 3_000 }, (_, index) => chunk({ content: content(index) }));
    answering = (_, response) => {
      response.writeHead(200, asStream);
      response.end(`${events.join("")}${chunk({}, "stop")}data: [DONE]\n\n`);
    };
    const seen: string[] = [];
    for await (const event of anthropic().messages.stream(ask)) {
      if (event.type !== "content_block_delta" || event.delta.type !== "text_delta") continue;
      seen.push(event.delta.text);
    }
    expect(seen).toEqual(events.map((_, index) => content(index)));
    expect(logged).toEqual([]);
  });

  test("is handed on as it comes, and ends at the upstream when the client leaves", async () => {
    const left = new Promise<number>((resolve) => {
      answering = (_, response) => {
        response.writeHead(200, asStream);
        let sent = 0;
        const writing = setInterval(() => {
          for (let each = 0; each < 100; each += 1) response.write(chunk({ content: "more " }));
          sent += 100;
        }, 5);
        response.on("close", () => {
          clearInterval(writing);
          resolve(sent);
        });
      };
    });
    let seen = 0;
    for await (const event of anthropic().messages.stream(ask)) {
      if (event.type === "content_block_delta") seen += 1;
      if (seen > 2_000) break;
    }
    expect(await left).toBeGreaterThan(2_000);
    expect(logged).toEqual([]);
  });
});

describe.each(["identity", "gzip", "br", "deflate", "zstd"] as const)(
  "answers in %s",
  (encoding) => {
    const answerWith = (text: string, type: string, status = 200) => {
      answering = (_, response) => {
        const packed = encoding === "identity" ? {} : { "content-encoding": encoding };
        response.writeHead(status, { "content-type": type, ...packed });
        response.end(PACKERS[encoding](text));
      };
    };
    const long = { ...ANSWER, text: "long ✓ ".repeat(30_000), cuts: [9_000] };

    test.each([
      ["short", ANSWER],
      ["long", long],
    ] as const)("%s ones, whole and streamed, as both forms", async (_, answer) => {
      const types = ["thinking", "text", "tool_use"];
      answerWith(chatStream(answer), "text/event-stream");
      const streamed = await anthropic().messages.stream(ask).finalMessage();
      const response = await openai()
        .responses.stream({ model: MODEL, input: "Hi" })
        .finalResponse();
      answerWith(JSON.stringify(wholeChatAnswer(answer)), "application/json");
      const whole = await anthropic().messages.create(ask);
      const plain = await openai().responses.create({ model: MODEL, input: "Hi" });
      for (const { content } of [streamed, whole]) {
        expect(content.map(({ type }) => type)).toEqual(types);
        expect(content[1]).toMatchObject({ text: answer.text });
      }
      expect(response.output_text).toBe(answer.text);
      expect(plain.output_text).toBe(answer.text);
    });

    test("errors get the caller's shape", async () => {
      answerWith(
        '{"error":{"message":"Not so","type":"invalid_request_error"}}',
        "application/json",
        400,
      );
      await expect(anthropic().messages.create(ask)).rejects.toMatchObject({
        status: 400,
        error: { type: "error", error: { type: "invalid_request_error", message: "Not so" } },
      });
    });
  },
);
