/**
 * Model names to which every provider responds alike, for what tests must see: sizes, speeds, headers.
 * @module
 */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { dataEvent, sendBytes, sendChunks, sendEvents } from "./reply.ts";
import type { Exchange } from "./types.ts";
import { noise } from "./words.ts";

/** 2 MiB of Server-Sent Events, byte for byte the same each time. */
export const BIG_STREAM = Buffer.concat(bigStreamEvents());
export const BIG_STREAM_SHA256 = createHash("sha256").update(BIG_STREAM).digest("hex");

/** Headers of the response for `fake-headers`: some must pass, some must not. */
export const ODD_HEADERS = {
  "x-request-id": "req-fake-0001",
  "x-ratelimit-remaining-requests": "41",
  "openai-processing-ms": "7",
  "set-cookie": "__cf_bm=fake; path=/; HttpOnly",
  "keep-alive": "timeout=72",
  "proxy-authenticate": "Basic",
  connection: "keep-alive, x-this-hop",
  "x-this-hop": "only between neighbours",
};

type Answerer = (exchange: Exchange) => void | Promise<void>;

const ANSWERERS: Readonly<Record<string, Answerer>> = {
  /** `BIG_STREAM` in chunks of 16 KiB. */
  "fake-2mb-stream": (exchange) => sendEvents(exchange, chunksOf(BIG_STREAM)),
  /** An event every 100 ms, 600 of them. */
  "fake-slow-stream": (exchange) => {
    exchange.chunkDelayMs = 100;
    return sendEvents(exchange, slowEvents());
  },
  /** Headers only after 30 s. */
  "fake-slow-headers": async (exchange) => {
    const inTime = await sleep(30_000, true, { signal: exchange.signal }).catch(() => false);
    if (inTime) sendBytes(exchange, "application/json", Buffer.from("{}"));
  },
  /** 1 GiB of noise, as fast as the reader accepts it. */
  "fake-endless": (exchange) => sendChunks(exchange, "application/octet-stream", endless()),
  /** 5 MiB with a length. */
  "fake-big": (exchange) =>
    sendBytes(exchange, "application/octet-stream", noise(5 * 1024 * 1024, 5)),
  "fake-headers": (exchange) =>
    sendBytes(exchange, "application/json", Buffer.from('{"ok":true}'), 202, ODD_HEADERS),
};

export function specialAnswerer(model: string): Answerer | null {
  return Object.hasOwn(ANSWERERS, model) ? (ANSWERERS[model] ?? null) : null;
}

function bigStreamEvents(): Buffer[] {
  const events: Buffer[] = [];
  const text = noise(768, 7).toString("base64");
  for (let bytes = 0, index = 0; bytes < 2 * 1024 * 1024; index++) {
    const choices = [{ index: 0, delta: { content: `${index} ${text}` }, finish_reason: null }];
    const event = Buffer.from(dataEvent({ object: "chat.completion.chunk", choices }));
    events.push(event);
    bytes += event.length;
  }
  return [...events, Buffer.from("data: [DONE]\n\n")];
}

function* chunksOf(bytes: Buffer): Generator<string> {
  const text = bytes.toString("latin1");
  for (let start = 0; start < text.length; start += 16_384) yield text.slice(start, start + 16_384);
}

function* slowEvents(): Generator<string> {
  for (let index = 0; index < 600; index++) {
    const choices = [{ index: 0, delta: { content: `${index} ` }, finish_reason: null }];
    yield dataEvent({ object: "chat.completion.chunk", choices });
  }
}

function* endless(): Generator<Buffer> {
  const chunk = noise(64 * 1024, 6);
  for (let sent = 0; sent < 1024 ** 3; sent += chunk.length) yield chunk;
}
