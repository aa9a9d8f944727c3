/**
 * A request's body, read once: kept whole where another key may have to be tried with it, streamed where it is long.
 * @module
 */
import { declaredLength } from "../http/declared-length";
import { ProxyError } from "./proxy-error";
import { type ByteStream, type Bytes, concat, readHead, rejoin } from "./stream-head";

/** Longer bodies are sent as they arrive, with a single attempt. */
export const KEPT_BODY_BYTES = 8 * 1024 * 1024;

/** Below the 100 MB that Cloudflare's edge takes on its free and Pro plans, headers included. */
export const MAX_BODY_BYTES = 95 * 1024 * 1024;

/** A refused upload is read this far, so that its client gets to hear the answer. */
const MAX_DRAINED_BYTES = 2 * MAX_BODY_BYTES;

export type RequestBody =
  | { readonly kind: "none" }
  | {
      readonly kind: "kept";
      readonly bytes: Bytes;
      /** Set by `bodyText`. */
      text?: string;
    }
  /** `head` holds the first `KEPT_BODY_BYTES` or more; `length` is the whole, where the client told. */
  | {
      readonly kind: "streamed";
      readonly head: Bytes;
      readonly rest: ByteStream;
      readonly length: number | null;
    };

/** @throws {ProxyError} `body_too_large`. */
export async function readRequestBody(request: Request): Promise<RequestBody> {
  const length = declaredLength(request.headers);
  if (length !== null && length > 0 && length <= KEPT_BODY_BYTES) {
    return { kind: "kept", bytes: new Uint8Array(await request.arrayBuffer()) };
  }
  if (request.body === null) return { kind: "none" };
  if (length !== null && length > MAX_BODY_BYTES) {
    await drain(request.body);
    throw tooLarge();
  }
  const { head, rest } = await readHead(request.body, KEPT_BODY_BYTES + 1);
  if (rest === null) return { kind: "kept", bytes: head };
  return {
    kind: "streamed",
    head,
    rest: length === null ? limited(rest, MAX_BODY_BYTES - head.length) : rest,
    length,
  };
}

/** The first bytes, in which fields are looked for. */
export function bodyHead(body: RequestBody): Bytes | null {
  if (body.kind === "none") return null;
  return body.kind === "kept" ? body.bytes : body.head;
}

/** Ids and the beginning of a conversation are looked for this far. */
export const TEXT_BYTES = 64 * 1024;
const OPEN_BRACE = 0x7b;
const decoder = new TextDecoder();

/** The first 64 KiB of a JSON object as text, decoded once; empty for everything else. */
export function bodyText(body: RequestBody): string {
  const head = bodyHead(body);
  if (head === null || head[0] !== OPEN_BRACE) return "";
  if (body.kind !== "kept") return decoder.decode(head.subarray(0, TEXT_BYTES));
  body.text ??= decoder.decode(head.subarray(0, TEXT_BYTES));
  return body.text;
}

/** What to hand to `fetch`; a streamed body can be sent once. */
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
  if (body.kind !== "streamed") return { kind: "kept", bytes };
  const length = body.length === null ? null : body.length - head.length + bytes.length;
  return { ...body, head: bytes, length };
}

function tooLarge(): ProxyError {
  const megabytes = Math.floor(MAX_BODY_BYTES / 1024 / 1024);
  return new ProxyError("body_too_large", `The request body is larger than ${megabytes} MiB.`);
}

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
    // The client left while being refused: nothing to do for it.
  }
}

/** Fails the stream once more than `maxBytes` have passed. */
function limited(stream: ByteStream, maxBytes: number): ByteStream {
  let passed = 0;
  return stream.pipeThrough(
    new TransformStream<Bytes, Bytes>({
      transform(chunk, controller) {
        passed += chunk.length;
        if (passed > maxBytes) controller.error(tooLarge());
        else controller.enqueue(chunk);
      },
    }),
  );
}
