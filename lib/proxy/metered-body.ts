/**
 * An answer's body on its way to the client, with its bytes shown to the meter as they pass. They are
 * neither changed nor held back, and a slow client slows the upstream.
 * @module
 */
import { createUsageReader, usageFormFor } from "../usage/usage-reader";
import type { Answer } from "./attempt";
import type { ProxyCall } from "./proxy-call";
import type { Ending, RequestMeter } from "./request-meter";
import { type ByteStream, type Bytes, byteChannel, type StreamHead } from "./stream-head";

/**
 * An answer no longer than this is split in two by the platform, one for the client and one to be read:
 * cheaper than passing it through our hands, and what a slow client leaves waiting is bounded.
 */
const SPLIT_MAX_BYTES = 64 * 1024;

const STREAMING = /^(?:text\/event-stream|application\/vnd\.amazon\.eventstream)/;

/**
 * @param path What follows the provider in the request's path.
 * @returns What to deliver: a stream, or all bytes where they are known already; null for no body.
 */
export function meteredBody(
  answer: Answer,
  call: ProxyCall,
  path: string,
  meter: RequestMeter,
  waitUntil: (work: Promise<unknown>) => void,
): ByteStream | Bytes | null {
  const { response, body } = answer;
  const { headers } = response;
  const contentType = headers.get("content-type");
  const isStream =
    (contentType !== null && STREAMING.test(contentType)) || path.includes("streamGenerateContent");
  const form = usageFormFor(call.provider, path, contentType);
  meter.answering(answer, form && createUsageReader(form), isStream);

  const { head, rest } = body;
  if (rest === null) {
    if (head.length > 0) meter.passing(head);
    meter.ended("complete");
    return response.body === null ? null : head;
  }
  // What is read here was unpacked by the platform, which packs it again on its way to the client.
  const isPacked = headers.has("content-encoding");
  const length = isPacked ? null : knownLength(headers, head);
  if (form !== null && head.length === 0 && length !== null && length <= SPLIT_MAX_BYTES) {
    const [toClient, toMeter] = rest.tee();
    waitUntil(readAll(toMeter, meter));
    return toClient;
  }
  if (isPacked && form === null && isUnread(answer)) {
    meter.ended("complete");
    return rest;
  }
  const { readable, writable } = byteChannel(length);
  void pump(body, writable, meter).then((ending) => meter.ended(ending));
  return readable;
}

/** Whether the body is delivered as it came. */
export function isUnread({ response, body }: Answer): boolean {
  return body.rest === response.body && body.head.length === 0;
}

async function readAll(stream: ByteStream, meter: RequestMeter): Promise<void> {
  const reader = stream.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      meter.passing(read.value);
    }
    meter.ended("complete");
  } catch {
    meter.ended("upstream_broke");
  }
}

async function pump(
  { head, rest }: StreamHead,
  writable: WritableStream<Bytes>,
  meter: RequestMeter,
): Promise<Ending> {
  const reader = rest?.getReader();
  const writer = writable.getWriter();
  let chunk: Bytes | undefined = head;
  while (chunk !== undefined) {
    if (chunk.length > 0) {
      meter.passing(chunk);
      try {
        await writer.write(chunk);
      } catch (error) {
        await reader?.cancel(error).catch(() => {});
        return "client_left";
      }
    }
    try {
      chunk = (await reader?.read())?.value;
    } catch (error) {
      await writer.abort(error).catch(() => {});
      return "upstream_broke";
    }
  }
  // Rejects if the client left with the last byte under way: it was answered in full.
  await writer.close().catch(() => {});
  return "complete";
}

function knownLength(headers: Headers, head: Bytes): number | null {
  const text = headers.get("content-length");
  return text !== null && /^\d{1,15}$/.test(text) && Number(text) >= head.length
    ? Number(text)
    : null;
}
