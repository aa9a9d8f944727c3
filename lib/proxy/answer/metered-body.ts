/**
 * A response's body on its way to the client. The platform passes it on natively, and the meter reads a copy: the bytes
 * are neither changed nor delayed, and a slow client slows the upstream.
 * @module
 */

import type { ByteStream, Bytes } from "../../http/byte-stream";
import { declaredLength } from "../../http/declared-length";
import type { HeaderFields } from "../../http/read-headers";
import { isReadable, mediaType, readableFraming } from "../../http/split-events";
import { spokenUsage } from "../../usage/read-header-usage";
import { usageFormFor } from "../../usage/usage-form";
import { createUsageReader } from "../../usage/usage-reader";
import type { Ending } from "../account/request-meter";
import type { RequestScope } from "../request-scope";
import type { Answer, Served } from "../serve/served";
import { AnswerReading } from "./answer-reading";
import { BodySampler, type CopyState } from "./body-sampler";
import { copyReader } from "./copy-reader";
import { byteChannel, NOTHING, type StreamHead } from "./stream-head";

const STREAMING = /^(?:text\/event-stream|application\/vnd\.amazon\.eventstream)$/;

/**
 * @param path The part of the request's path after the provider.
 * @param waitUntil Keeps the meter running if the client leaves, because otherwise it couldn't record how the response
 * ended.
 * @returns What to deliver: a stream, or all bytes if they are already known; null for no body.
 */
export function meteredBody(
  served: Served,
  path: string,
  scope: RequestScope,
  waitUntil: (work: Promise<unknown>) => void,
): ByteStream | Bytes | null {
  const { answer, call } = served;
  const { meter } = scope;
  const { response, headers, body } = answer;
  const isStream = STREAMING.test(mediaType(headers)) || path.includes("streamGenerateContent");
  const form = usageFormFor({ provider: call.provider, path, headers });
  const headerUsage = form === null ? spokenUsage(call.provider.slug, headers) : null;
  meter.answering(answer, form && createUsageReader(form), headerUsage, isStream);
  if (!isReadable(headers)) meter.unreadable();

  const { head, rest } = body;
  // A response that was read completely was classified completely.
  const framing = rest === null && !isStream ? null : readableFraming(headers);
  const reading = new AnswerReading(served, scope, framing);
  if (rest === null) {
    if (head.length > 0) reading.take(head);
    reading.over("complete", waitUntil);
    return head.length > 0 ? head : null;
  }
  // The platform decompressed what is read here, and compresses it again on its way to the client.
  const isPacked = headers.has("content-encoding");
  if (isPacked && form === null && isUnread(answer)) {
    meter.ended("complete");
    return rest;
  }
  const { readable, writable } = byteChannel(
    isPacked || response.status >= 300 ? null : knownLength(headers, head),
  );
  const passing =
    form === null && body.copy === undefined
      ? passOn(head, rest, writable, scope)
      : passOnAndRead(body, rest, writable, reading, scope);
  waitUntil(passing.then((ending) => reading.over(ending, waitUntil)));
  return readable;
}

/** Whether the body is delivered as received. */
export function isUnread({ response, body }: Answer): boolean {
  return body.head.length === 0 && body.rest === response.body;
}

/** Passes on a body and reads it. */
async function passOnAndRead(
  { head, copy }: StreamHead,
  rest: ByteStream,
  writable: WritableStream<Bytes>,
  reading: AnswerReading,
  { meter, request, ports }: RequestScope,
): Promise<Ending> {
  if (head.length > 0) reading.take(head);
  let forClient = rest;
  let reader = copy?.reader;
  if (reader === undefined) {
    const [first, second] = rest.tee();
    forClient = first;
    reader = copyReader(second);
  }
  const sampler = new BodySampler(
    reader,
    (bytes) => reading.take(bytes),
    () => !reading.hasOutput,
    ports.setTimer,
  );
  const left = new Promise<"left">((resolve) => meter.whenClientLeaves(() => resolve("left")));
  // What was read from a copy goes to the client with the body itself.
  const unsent = copy === undefined ? head : NOTHING;
  const sending = send(unsent, forClient, writable, { signal: request.signal });
  const how = await Promise.race([sending, left]);
  if (how === "sent") {
    await sampler.readToEnd();
    return "complete";
  }
  if (how === "stopped" && !request.signal.aborted) return endingOf(await sampler.readLastWord());
  // If the upstream had finished, the client left with a complete response.
  return (await sampler.readWhatIsThere()) === "ended" ? "complete" : "client_left";
}

/** Passes on a body that says nothing about usage. */
async function passOn(
  head: Bytes,
  rest: ByteStream,
  writable: WritableStream<Bytes>,
  { meter, request, ports }: RequestScope,
): Promise<Ending> {
  meter.passing(head);
  meter.outputSeen();
  const options = { signal: request.signal, preventCancel: true };
  // `send` ends then, which is early enough if nothing is read.
  meter.whenClientLeaves(() => {});
  if ((await send(head, rest, writable, options)) === "sent") return "complete";
  if (request.signal.aborted) {
    void rest.cancel().catch(() => {});
    return "client_left";
  }
  const sampler = new BodySampler(
    copyReader(rest),
    () => {},
    () => false,
    ports.setTimer,
  );
  return endingOf(await sampler.readLastWord());
}

/** Never rejects: `stopped` if either side failed, which ends the other too. */
async function send(
  head: Bytes,
  rest: ByteStream,
  writable: WritableStream<Bytes>,
  options: StreamPipeOptions,
): Promise<"sent" | "stopped"> {
  try {
    if (head.length > 0) {
      const writer = writable.getWriter();
      await writer.write(head);
      writer.releaseLock();
    }
    await rest.pipeTo(writable, options);
    return "sent";
  } catch (error) {
    if (!rest.locked && options.preventCancel !== true) void rest.cancel(error).catch(() => {});
    return "stopped";
  }
}

function endingOf(state: CopyState): Ending {
  if (state === "ended") return "complete";
  return state === "broke" ? "upstream_broke" : "client_left";
}

function knownLength(headers: HeaderFields, head: Bytes): number | null {
  const length = declaredLength(headers);
  return length !== null && length >= head.length ? length : null;
}
