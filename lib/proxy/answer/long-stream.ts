/**
 * Has a long stream converted in a place with more CPU time: in JavaScript each chunk would cost about 100 us of the 10
 * ms that a Worker has for a request on the free plan. The platform passes on the bytes natively, in both directions.
 * @module
 */
import type { Conversion } from "../../conversion/conversion";
import { convertingStream } from "../../conversion/converting-stream";
import type { ByteStream, Bytes } from "../../http/byte-stream";
import type { StreamPlace } from "../ports";
import { byteChannel } from "./stream-head";

/** A stream of so few chunks is converted where it is. */
const SHORT_TOKENS = 100;

export function mayBeLong({ maxTokens }: Conversion): boolean {
  return maxTokens === null || maxTokens > SHORT_TOKENS;
}

/** @param waitUntil Keeps the passage alive. */
export function convertedElsewhere(
  body: ByteStream,
  conversion: Conversion,
  place: StreamPlace,
  waitUntil: (work: Promise<unknown>) => void,
): ByteStream {
  const { readable, writable } = byteChannel(null);
  waitUntil(passOn(body, writable, conversion, place));
  return readable;
}

/** Never rejects: if one side fails, the streams end the other. */
async function passOn(
  body: ByteStream,
  writable: WritableStream<Bytes>,
  conversion: Conversion,
  place: StreamPlace,
): Promise<void> {
  try {
    const converted = (await place.isReady())
      ? await place.convert(conversion.facts, body)
      : body.pipeThrough(convertingStream(conversion));
    await converted.pipeTo(writable);
  } catch (error) {
    if (!body.locked) await body.cancel(error).catch(() => {});
    if (!writable.locked) await writable.abort(error).catch(() => {});
  }
}
