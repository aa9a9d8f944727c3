/**
 * An answer's body on its way to the client. The platform passes it on natively, and the meter reads a copy:
 * the bytes are neither changed nor held back, and a slow client slows the upstream.
 * @module
 */
import { declaredLength } from "../http/declared-length";
import { usageFormFor } from "../usage/usage-form";
import { createUsageReader } from "../usage/usage-reader";
import type { Answer } from "./attempt";
import { BodySampler, type CopyState } from "./body-sampler";
import type { ProxyCall } from "./proxy-call";
import type { Ending } from "./request-meter";
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
  scope: RequestScope,
  waitUntil: (work: Promise<unknown>) => void,
): ByteStream | Bytes | null {
  const { meter } = scope;
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
  const { readable, writable } = byteChannel(
    isPacked || response.status >= 300 ? null : knownLength(headers, head),
  );
  const passing =
    form === null
      ? passOn(head, rest, writable, scope)
      : passOnAndRead(head, rest, writable, scope);
  waitUntil(passing.then((ending) => meter.ended(ending)));
  return readable;
}

/** Whether the body is delivered as it came. */
export function isUnread({ response, body }: Answer): boolean {
  return body.head.length === 0 && body.rest === response.body;
}

/** Passes a body on that the meter reads. */
async function passOnAndRead(
  head: Bytes,
  rest: ByteStream,
  writable: WritableStream<Bytes>,
  { meter, request, ports }: RequestScope,
): Promise<Ending> {
  const isBegun = head.length > 0;
  if (isBegun) meter.passing(head);
  const [forClient, copy] = rest.tee();
  const read = (bytes: Uint8Array) => meter.passing(bytes);
  const sampler = new BodySampler(copy, read, isBegun, ports.setTimer);
  const left = new Promise<"left">((resolve) => meter.whenClientLeaves(() => resolve("left")));
  const sending = send(head, forClient, writable, { signal: request.signal });
  const how = await Promise.race([sending, left]);
  if (how === "sent") {
    await sampler.readToEnd();
    return "complete";
  }
  if (how === "stopped" && !request.signal.aborted) return endingOf(await sampler.readLastWord());
  // Where the upstream had said all, the client left with an answer.
  return (await sampler.readWhatIsThere()) === "ended" ? "complete" : "client_left";
}

/** Passes a body on that says nothing about usage. */
async function passOn(
  head: Bytes,
  rest: ByteStream,
  writable: WritableStream<Bytes>,
  { meter, request, ports }: RequestScope,
): Promise<Ending> {
  meter.passing(head);
  const options = { signal: request.signal, preventCancel: true };
  // `send` ends then, which is early enough where nothing is read.
  meter.whenClientLeaves(() => {});
  if ((await send(head, rest, writable, options)) === "sent") return "complete";
  if (request.signal.aborted) {
    void rest.cancel().catch(() => {});
    return "client_left";
  }
  return endingOf(await new BodySampler(rest, () => {}, true, ports.setTimer).readLastWord());
}

/** Rejects never: `stopped` if either side failed, which takes the other with it. */
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

function knownLength(headers: Headers, head: Bytes): number | null {
  const length = declaredLength(headers);
  return length !== null && length >= head.length ? length : null;
}
