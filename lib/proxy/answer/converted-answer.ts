/**
 * An upstream's response on its way to a client that uses another API format.
 * @module
 */
import { convertWhole, StreamConverter } from "../../conversion/answer-converter";
import type { Conversion } from "../../conversion/conversion";
import type { ByteStream, Bytes } from "../../http/byte-stream";
import { eventSplitter, mediaType } from "../../http/split-events";
import { concat, NOTHING } from "./stream-head";

/** A non-streamed response is buffered until its end; longer ones are rejected. */
const MAX_WHOLE_BYTES = 32 * 1024 * 1024;

/** One event, containing at most one image. */
const MAX_EVENT_CHARS = 32 * 1024 * 1024;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * @param body As it would be delivered unconverted.
 * @param head Status and headers of the upstream's response.
 */
export function convertedResponse(
  body: ByteStream | Bytes | null,
  head: Response,
  conversion: Conversion,
): Response {
  const { status } = head;
  const isStream = status < 300 && mediaType(head.headers) === "text/event-stream";
  const headers = new Headers(head.headers);
  for (const name of ["content-length", "content-encoding", "etag"]) headers.delete(name);
  headers.set("content-type", isStream ? "text/event-stream; charset=utf-8" : "application/json");
  if (body === null || body instanceof Uint8Array) {
    const bytes = body ?? NOTHING;
    if (isStream) return new Response(streamOf(bytes, conversion), { status, headers });
    const whole = convertWhole(decoder.decode(bytes), status, conversion);
    const shownStatus = whole.isAnswer ? status : 502;
    return new Response(JSON.stringify(whole.body), { status: shownStatus, headers });
  }
  const converted = isStream ? eventsOf(conversion) : wholeOf(status, conversion);
  return new Response(body.pipeThrough(converted), { status, headers });
}

/** A stream that was short enough to be read at once. */
function streamOf(bytes: Bytes, conversion: Conversion): string {
  const splitter = eventSplitter("sse");
  const converter = new StreamConverter(conversion);
  const events = [...splitter.push(bytes), ...splitter.end()];
  return converter.push(events) + converter.end();
}

function eventsOf(conversion: Conversion): TransformStream<Bytes, Bytes> {
  const splitter = eventSplitter("sse");
  const converter = new StreamConverter(conversion);
  return new TransformStream({
    transform(chunk, controller) {
      const said = converter.push(splitter.push(chunk));
      if (said !== "") controller.enqueue(encoder.encode(said));
      if (splitter.unfinished <= MAX_EVENT_CHARS) return;
      controller.enqueue(encoder.encode(converter.end()));
      controller.terminate();
    },
    flush(controller) {
      const said = converter.push(splitter.end()) + converter.end();
      if (said !== "") controller.enqueue(encoder.encode(said));
    },
  });
}

function wholeOf(status: number, conversion: Conversion): TransformStream<Bytes, Bytes> {
  const chunks: Bytes[] = [];
  let length = 0;
  return new TransformStream({
    transform(chunk) {
      length += chunk.length;
      if (length <= MAX_WHOLE_BYTES) chunks.push(chunk);
    },
    flush(controller) {
      const text = length > MAX_WHOLE_BYTES ? "" : decoder.decode(concat(chunks, length));
      const { body } = convertWhole(text, status, conversion);
      controller.enqueue(encoder.encode(JSON.stringify(body)));
    },
  });
}
