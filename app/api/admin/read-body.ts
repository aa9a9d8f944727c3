import type { z } from "zod";
import { parseInput } from "@/lib/manage/parse-input";

/** Ten thousand service account files would be smaller. */
const MAX_BYTES = 32 * 1024 * 1024;

/** A body that can't be read at all. Messages never quote it, because it may contain keys. */
export class BodyError extends Error {
  override readonly name = "BodyError";
  readonly status: 400 | 413;
  readonly code: "invalid_json" | "body_too_large";

  constructor(code: "invalid_json" | "body_too_large", message: string) {
    super(message);
    this.code = code;
    this.status = code === "body_too_large" ? 413 : 400;
  }
}

/**
 * The request's JSON, validated.
 * @throws {BodyError}
 * @throws {ManageError} `invalid_input`.
 */
export async function readBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = await readText(request);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new BodyError("invalid_json", "The body is not valid JSON.");
  }
  return parseInput(schema, json);
}

/** The request's query parameters, validated. The last of repeated ones counts. */
export function readQuery<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): z.output<Schema> {
  return parseInput(schema, Object.fromEntries(new URL(request.url).searchParams));
}

async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  if (Number(request.headers.get("content-length")) > MAX_BYTES) throw tooLarge();
  for await (const chunk of chunks(request.body)) {
    bytes += chunk.length;
    // Chunked bodies have no stated length.
    if (bytes > MAX_BYTES) throw tooLarge();
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function tooLarge(): BodyError {
  return new BodyError("body_too_large", `The body is larger than ${MAX_BYTES} bytes.`);
}

async function* chunks(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    await reader.cancel();
  }
}
