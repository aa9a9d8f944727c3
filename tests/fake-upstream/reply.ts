/**
 * Writes responses: JSON, bytes and streams, with back-pressure and an end when the client leaves.
 * @module
 */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Exchange, RawAnswer } from "./types.ts";

/** Responses for this model are gzip-compressed if the client accepts it. */
export const GZIP_MODEL = "fake-gzip";

const JSON_TYPE = "application/json; charset=utf-8";
const SSE_TYPE = "text/event-stream; charset=utf-8";

export function sendJson(exchange: Exchange, body: unknown, status = 200): void {
  sendBytes(exchange, JSON_TYPE, Buffer.from(JSON.stringify(body)), status);
}

export function sendBytes(
  exchange: Exchange,
  contentType: string,
  bytes: Uint8Array,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): void {
  const { response } = exchange;
  const payload = wantsGzip(exchange) ? gzipSync(bytes) : bytes;
  if (payload !== bytes) response.setHeader("content-encoding", "gzip");
  response.writeHead(status, {
    "content-type": contentType,
    "content-length": payload.length,
    ...headers,
  });
  response.end(exchange.method === "HEAD" ? undefined : payload);
}

export function sendRaw(exchange: Exchange, answer: RawAnswer): void {
  exchange.response.writeHead(answer.status, answer.headers);
  exchange.response.end(exchange.method === "HEAD" ? undefined : answer.body);
}

/** Chunked, one write per chunk. Stops silently when the client leaves. */
export async function sendChunks(
  exchange: Exchange,
  contentType: string,
  chunks: Iterable<string | Uint8Array>,
): Promise<void> {
  const { response, signal } = exchange;
  if (wantsGzip(exchange)) {
    const bytes = Buffer.concat([...chunks].map((chunk) => Buffer.from(chunk)));
    sendBytes(exchange, contentType, bytes);
    return;
  }
  response.writeHead(200, { "content-type": contentType, "cache-control": "no-cache" });
  response.flushHeaders();
  try {
    for (const chunk of chunks) {
      if (exchange.chunkDelayMs > 0) await sleep(exchange.chunkDelayMs, undefined, { signal });
      if (signal.aborted) return;
      if (!response.write(chunk)) await once(response, "drain", { signal });
    }
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  }
  response.end();
}

export function sendEvents(exchange: Exchange, events: Iterable<string>): Promise<void> {
  return sendChunks(exchange, SSE_TYPE, events);
}

/** One `data:` event. */
export function dataEvent(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** One `event:` and `data:` pair; the name is in the data too, as `type`. */
export function typedEvent(type: string, fields: Readonly<Record<string, unknown>> = {}): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

function wantsGzip(exchange: Exchange): boolean {
  const accepted = String(exchange.headers["accept-encoding"] ?? "");
  return exchange.model === GZIP_MODEL && /\bgzip\b/.test(accepted);
}
