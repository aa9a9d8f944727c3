/**
 * Converts the bytes of a stream of events.
 * @module
 */
import type { Bytes } from "../http/byte-stream";
import { type EventFraming, eventSplitter } from "../http/split-events";
import { StreamConverter } from "./answer-converter";
import type { AnswerConversion } from "./conversion";

/** One event, containing at most one image. */
const MAX_EVENT_CHARS = 32 * 1024 * 1024;

const encoder = new TextEncoder();

/** @param framing Of the upstream's bytes: some services answer a request for a stream as a whole. */
export function convertingStream(
  conversion: AnswerConversion,
  framing: EventFraming = "sse",
): TransformStream<Bytes, Bytes> {
  const splitter = eventSplitter(framing);
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

/** A stream that was short enough to be read at once. */
export function convertedStream(
  bytes: Bytes,
  conversion: AnswerConversion,
  framing: EventFraming = "sse",
): string {
  const splitter = eventSplitter(framing);
  const converter = new StreamConverter(conversion);
  const events = [...splitter.push(bytes), ...splitter.end()];
  return converter.push(events) + converter.end();
}
