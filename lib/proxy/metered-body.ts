/**
 * An answer's body on its way to the client, with its bytes shown to the meter as they pass. They are
 * neither changed nor held back, and a slow client slows the upstream.
 * @module
 */
import { declaredLength } from "../http/declared-length";
import { usageFormFor } from "../usage/usage-form";
import { createUsageReader } from "../usage/usage-reader";
import type { Answer } from "./attempt";
import type { ProxyCall } from "./proxy-call";
import type { Ending, RequestMeter } from "./request-meter";
import type { RequestScope } from "./request-scope";
import { type ByteStream, type Bytes, byteChannel } from "./stream-head";

const STREAMING = /^(?:text\/event-stream|application\/vnd\.amazon\.eventstream)/;

/**
 * @param path What follows the provider in the request's path.
 * @param waitUntil Keeps the meter at work when the client leaves, or it could not tell how the answer ended.
 * @returns What to deliver: a stream, or all bytes where they are known already; null for no body.
 */
export function meteredBody(
  answer: Answer,
  call: ProxyCall,
  path: string,
  { meter, request }: RequestScope,
  waitUntil: (work: Promise<unknown>) => void,
): ByteStream | Bytes | null {
  const { response, body } = answer;
  const { headers } = response;
  const contentType = headers.get("content-type");
  const isStream =
    (contentType !== null && STREAMING.test(contentType)) || path.includes("streamGenerateContent");
  const form = usageFormFor({ provider: call.provider, path, headers });
  meter.answering(answer, form && createUsageReader(form), isStream);

  const { head, rest } = body;
  if (rest === null) {
    if (head.length > 0) meter.passing(head);
    meter.ended("complete");
    return head.length > 0 ? head : null;
  }
  // What is read here was unpacked by the platform, which packs it again on its way to the client.
  const isPacked = headers.has("content-encoding");
  if (isPacked && form === null && isUnread(answer)) {
    meter.ended("complete");
    return rest;
  }
  const { readable, writable } = byteChannel(isPacked ? null : knownLength(headers, head));
  const source = rest.getReader();
  // Work that is waited for outlives its client, and its upstream request with it.
  request.signal.addEventListener("abort", () => void source.cancel().catch(() => {}));
  waitUntil(pump(head, source, writable, meter).then((ending) => meter.ended(ending)));
  return readable;
}

/** Whether the body is delivered as it came. */
export function isUnread({ response, body }: Answer): boolean {
  return body.head.length === 0 && body.rest === response.body;
}

async function pump(
  head: Bytes,
  source: ReadableStreamDefaultReader<Bytes>,
  writable: WritableStream<Bytes>,
  meter: RequestMeter,
): Promise<Ending> {
  const writer = writable.getWriter();
  let chunk: Bytes | undefined = head;
  while (chunk !== undefined) {
    if (chunk.length > 0) {
      meter.passing(chunk);
      try {
        await writer.write(chunk);
      } catch (error) {
        await source.cancel(error).catch(() => {});
        return "client_left";
      }
    }
    try {
      chunk = (await source.read()).value;
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
  const length = declaredLength(headers);
  return length !== null && length >= head.length ? length : null;
}
