/**
 * An upstream's response on its way to a client that uses another API format.
 * @module
 */
import { convertWhole } from "../../conversion/answer-converter";
import type { Conversion } from "../../conversion/conversion";
import { convertedStream, convertingStream } from "../../conversion/converting-stream";
import type { ByteStream, Bytes } from "../../http/byte-stream";
import { isVagueType, mediaType } from "../../http/split-events";
import type { KeepAlive, StreamPlace } from "../ports";
import { convertedElsewhere, mayBeLong } from "./long-stream";
import { concat, NOTHING } from "./stream-head";

/** A non-streamed response is buffered until its end; longer ones are rejected. */
const MAX_WHOLE_BYTES = 32 * 1024 * 1024;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * @param body As it would be delivered unconverted.
 * @param head Status and headers of the upstream's response.
 * @param place Where long streams are converted, if not here.
 * @param waitUntil Keeps work alive after the response.
 */
export function convertedResponse(
  body: ByteStream | Bytes | null,
  head: Response,
  conversion: Conversion,
  place: StreamPlace | undefined,
  waitUntil: KeepAlive,
): Response {
  const { status } = head;
  const type = mediaType(head.headers);
  const isStream = status < 300 && conversion.isStream;
  // A service may answer as a whole although a stream was asked for.
  const framing = type === "text/event-stream" || isVagueType(type) ? "sse" : "json";
  const headers = new Headers(head.headers);
  for (const name of ["content-length", "content-encoding", "etag"]) headers.delete(name);
  headers.set("content-type", isStream ? "text/event-stream; charset=utf-8" : "application/json");
  if (body === null || body instanceof Uint8Array) {
    const bytes = body ?? NOTHING;
    if (isStream) {
      return new Response(convertedStream(bytes, conversion, framing), { status, headers });
    }
    const whole = convertWhole(decoder.decode(bytes), status, conversion);
    const shownStatus = whole.isAnswer ? status : 502;
    return new Response(JSON.stringify(whole.body), { status: shownStatus, headers });
  }
  if (isStream && framing === "sse" && place !== undefined && mayBeLong(conversion)) {
    const converted = convertedElsewhere(body, conversion, place, waitUntil);
    return new Response(converted, { status, headers });
  }
  const converting = isStream ? convertingStream(conversion, framing) : wholeOf(status, conversion);
  return new Response(body.pipeThrough(converting), { status, headers });
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
