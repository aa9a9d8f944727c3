/**
 * A request's body, read once and decompressed: kept in memory if another key may have to be tried with it or if all of
 * it must be parsed; streamed if it is long.
 * @module
 */

import type { ByteStream, Bytes } from "../../http/byte-stream";
import { declaredLength } from "../../http/declared-length";
import { concat, fillHead, readHead, rejoin } from "../answer/stream-head";
import { ProxyError } from "../proxy-error";
import { beginsJson } from "./body-form";
import { type HeldMemory, holdMemory } from "./held-memory";
import { type Packing, packingOf, unpack } from "./unpack-body";

const MEBIBYTE = 1024 * 1024;

/** Longer bodies are sent as they arrive, with a single attempt, unless all of the body must be known. */
export const KEPT_BODY_BYTES = 8 * MEBIBYTE;

/** How much of a streamed body is read first: it usually contains the model's name. */
const FIRST_BYTES = 256 * 1024;

/** The most of a body that is ever read before it is sent, and the maximum size of a decompressed one. */
export const READ_BODY_BYTES = 32 * MEBIBYTE;

/** Below the 100 MB, headers included, that Cloudflare's edge accepts on its Free and Pro plans. */
export const MAX_BODY_BYTES = 95 * MEBIBYTE;

/** A rejected upload is read this far, so that its client gets the response. */
const MAX_DRAINED_BYTES = 2 * MAX_BODY_BYTES;

export type RequestBody =
  | { readonly kind: "none" }
  | {
      readonly kind: "kept";
      /** Emptied by `forgetBody`. */
      bytes: Bytes;
      /** Set by `bodyText`. */
      text?: string;
      /** If the body is longer than `KEPT_BODY_BYTES`. */
      readonly memory?: HeldMemory;
    }
  /** `head` contains the first `FIRST_BYTES` or more; `length` is the total, if the client sent it. */
  | {
      readonly kind: "streamed";
      readonly head: Bytes;
      readonly rest: ByteStream;
      readonly length: number | null;
      /** Aborted, with the error to return, if a body of unknown length turns out too long while it is sent. */
      readonly tooLong?: AbortSignal;
      /** If more than `KEPT_BODY_BYTES` was read. */
      readonly memory?: HeldMemory;
    };

type StreamedBody = Extract<RequestBody, { kind: "streamed" }>;

/**
 * @param mustBeKnown Decides, from its first bytes, whether a long body must be read completely before it is sent.
 * @param callerId The access token's id.
 * @throws {ProxyError} `body_too_large`, `unsupported_content_encoding`.
 */
export async function readRequestBody(
  request: Request,
  mustBeKnown: (head: Bytes) => boolean,
  callerId: string,
): Promise<RequestBody> {
  const length = declaredLength(request.headers);
  const packing = packingOf(request.headers);
  if (packing === null && length !== null && length > 0 && length <= KEPT_BODY_BYTES) {
    return { kind: "kept", bytes: new Uint8Array(await request.arrayBuffer()) };
  }
  if (request.body === null) return { kind: "none" };
  if (length !== null && length > MAX_BODY_BYTES) {
    await drain(request.body);
    throw tooLarge();
  }
  if (packing !== null) return readPacked(request.body, length, packing, callerId);
  const isLong = length !== null && length > KEPT_BODY_BYTES;
  const { head, rest } = isLong
    ? await fillHead(request.body, FIRST_BYTES)
    : await readHead(request.body, KEPT_BODY_BYTES + 1);
  if (rest === null) return { kind: "kept", bytes: head };
  const body: StreamedBody =
    length === null
      ? { kind: "streamed", head, ...limited(rest, MAX_BODY_BYTES - head.length), length }
      : { kind: "streamed", head, rest, length };
  if (!mustBeKnown(head)) return body;
  if (length !== null && length > READ_BODY_BYTES) {
    await drain(rest);
    throw tooLongToKnow();
  }
  const known = await readFurther(body, callerId);
  if (known.kind === "streamed") {
    await drain(known.rest);
    known.memory?.release();
    throw tooLongToKnow();
  }
  return known;
}

async function readPacked(
  stream: ByteStream,
  length: number | null,
  packing: Packing,
  callerId: string,
): Promise<RequestBody> {
  const { head, rest } = await readHead(stream, KEPT_BODY_BYTES + 1);
  if (rest !== null) {
    await drain(rest);
    throw new ProxyError(
      "body_too_large",
      `A packed request body may have ${KEPT_BODY_BYTES / MEBIBYTE} MiB${lengthText(length)}: send it unpacked.`,
    );
  }
  if (head.length === 0) return { kind: "none" };
  const bytes = await unpack(head, packing, READ_BODY_BYTES);
  if (bytes.length <= KEPT_BODY_BYTES) return { kind: "kept", bytes };
  return { kind: "kept", bytes, memory: holdMemory(bytes.length, callerId) };
}

/**
 * The same body with more of it in memory, up to `READ_BODY_BYTES`: kept if it ends within that.
 * @throws {ProxyError} `body_too_large` if other callers, or this one, hold too much memory for such bodies.
 */
export async function readFurther(body: StreamedBody, callerId: string): Promise<RequestBody> {
  const { head, rest, length } = body;
  if (length !== null && length <= READ_BODY_BYTES) return readRest(body, length, callerId);
  // One byte more than allowed: a stream reports its end only after the last byte.
  const room = READ_BODY_BYTES + 1;
  if (head.length >= room) return body;
  const memory = holdMemory(room, callerId);
  try {
    const more = await readHead(rest, room - head.length);
    const bytes = concat([head, more.head], head.length + more.head.length);
    if (more.rest === null) {
      memory.shrink(bytes.length);
      return { kind: "kept", bytes, memory };
    }
    return { ...body, head: bytes, rest: more.rest, memory };
  } catch (error) {
    memory.release();
    throw error;
  }
}

/** Reads all of a body of known length natively, because reading pieces would cost JavaScript each. */
async function readRest(
  body: StreamedBody,
  length: number,
  callerId: string,
): Promise<RequestBody> {
  const memory = holdMemory(length, callerId);
  try {
    const bytes = new Uint8Array(await new Response(rejoin(body, length)).arrayBuffer());
    return { kind: "kept", bytes, memory };
  } catch (error) {
    memory.release();
    throw error;
  }
}

/** Frees the memory of a long body that was sent: its response may take minutes. */
export function forgetBody(body: RequestBody): void {
  if (body.kind === "none" || body.memory === undefined) return;
  body.memory.release();
  if (body.kind === "kept") body.bytes = NOTHING;
}

const NOTHING: Bytes = new Uint8Array(0);

/** The first bytes, in which fields are looked for. */
export function bodyHead(body: RequestBody): Bytes | null {
  if (body.kind === "none") return null;
  return body.kind === "kept" ? body.bytes : body.head;
}

/** Ids and the beginning of a conversation are looked for within this. */
export const TEXT_BYTES = 64 * 1024;
const decoder = new TextDecoder();

/** The first 64 KiB of a JSON body as text, decoded once; empty for everything else. */
export function bodyText(body: RequestBody): string {
  const head = bodyHead(body);
  if (head === null || !beginsJson(head)) return "";
  if (body.kind !== "kept") return decoder.decode(head.subarray(0, TEXT_BYTES));
  body.text ??= decoder.decode(head.subarray(0, TEXT_BYTES));
  return body.text;
}

/** What to pass to `fetch`; a streamed body can be sent only once. */
export function bodyToSend(body: RequestBody): Bytes | ByteStream | null {
  if (body.kind === "none") return null;
  return body.kind === "kept" ? body.bytes : rejoin(body, body.length);
}

/** The same body with the bytes of a field in its head replaced. */
export function replaceInBody(
  body: RequestBody,
  { start, end }: { readonly start: number; readonly end: number },
  text: string,
): RequestBody {
  const head = bodyHead(body);
  if (head === null) return body;
  const insert = new TextEncoder().encode(text);
  const bytes = concat(
    [head.subarray(0, start), insert, head.subarray(end)],
    head.length - (end - start) + insert.length,
  );
  if (body.kind !== "streamed") return { ...body, kind: "kept", bytes };
  const length = body.length === null ? null : body.length - head.length + bytes.length;
  return { ...body, head: bytes, length };
}

function tooLarge(): ProxyError {
  return new ProxyError(
    "body_too_large",
    `The request body is larger than ${MAX_BODY_BYTES / MEBIBYTE} MiB.`,
  );
}

function tooLongToKnow(): ProxyError {
  return new ProxyError(
    "body_too_large",
    `The request body is larger than ${READ_BODY_BYTES / MEBIBYTE} MiB. For a token that is limited to models or has a budget, all of it has to be read before it is sent.`,
  );
}

const lengthText = (length: number | null) =>
  length === null ? "" : `, not ${Math.ceil(length / MEBIBYTE)}`;

async function drain(stream: ByteStream): Promise<void> {
  const reader = stream.getReader();
  let drained = 0;
  try {
    while (drained < MAX_DRAINED_BYTES) {
      const { done, value } = await reader.read();
      if (done) return;
      drained += value.length;
    }
    await reader.cancel();
  } catch {
    // The client left during the rejection: nothing to do.
  }
}

/**
 * The stream, ended by an error once more than `maxBytes` have passed. The signal is aborted before: if a request's
 * body fails, workerd ends its chunks regularly, and the upstream would mistake what it got for the whole body.
 */
function limited(
  stream: ByteStream,
  maxBytes: number,
): { readonly rest: ByteStream; readonly tooLong: AbortSignal } {
  const abort = new AbortController();
  let passed = 0;
  const rest = stream.pipeThrough(
    new TransformStream<Bytes, Bytes>({
      transform(chunk, controller) {
        passed += chunk.length;
        if (passed <= maxBytes) {
          controller.enqueue(chunk);
          return;
        }
        const error = tooLarge();
        abort.abort(error);
        controller.error(error);
      },
    }),
  );
  return { rest, tooLong: abort.signal };
}
