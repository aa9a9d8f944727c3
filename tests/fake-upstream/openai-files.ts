/**
 * OpenAI's files and batches.
 * Source: `openai/resources/{files,batches}`.
 * @module
 */
import type { StoredFile } from "./file-store.ts";
import { asString } from "./json.ts";
import { sendBytes, sendJson } from "./reply.ts";
import type { Exchange } from "./types.ts";

export async function answerFiles(exchange: Exchange): Promise<void> {
  const [, id = "", part] = exchange.path.split("/");
  if (id === "") {
    if (exchange.method === "POST") await upload(exchange);
    else sendJson(exchange, listOf(exchange.files.list(exchange.key).map(fileObject)));
    return;
  }
  const file = exchange.files.get(id.replace(/^file-/, ""), exchange.key);
  if (file === undefined) {
    const message = `No such File object: ${id}`;
    const error = { message, type: "invalid_request_error", param: "id", code: null };
    sendJson(exchange, { error }, 404);
  } else if (part === "content") {
    sendBytes(exchange, "application/octet-stream", file.bytes);
  } else if (exchange.method === "DELETE") {
    exchange.files.delete(file.id, exchange.key);
    sendJson(exchange, { id, object: "file", deleted: true });
  } else {
    sendJson(exchange, fileObject(file));
  }
}

export function answerBatches(exchange: Exchange): void {
  const { json } = exchange;
  sendJson(exchange, {
    id: "batch_fake0001",
    object: "batch",
    endpoint: asString(json.endpoint),
    errors: null,
    input_file_id: asString(json.input_file_id),
    completion_window: asString(json.completion_window),
    status: "validating",
    output_file_id: null,
    error_file_id: null,
    created_at: 1_760_000_000,
    request_counts: { total: 0, completed: 0, failed: 0 },
    metadata: null,
  });
}

async function upload(exchange: Exchange): Promise<void> {
  const file = exchange.form?.get("file");
  if (file === undefined || file === null || typeof file === "string") {
    const message = "'file' is a required property";
    const error = { message, type: "invalid_request_error", param: null, code: null };
    sendJson(exchange, { error }, 400);
    return;
  }
  const stored = exchange.files.add({
    key: exchange.key,
    name: file.name,
    mimeType: file.type,
    purpose: String(exchange.form?.get("purpose") ?? ""),
    bytes: Buffer.from(await file.arrayBuffer()),
  });
  sendJson(exchange, fileObject(stored));
}

function fileObject(file: StoredFile): unknown {
  return {
    id: `file-${file.id}`,
    object: "file",
    bytes: file.bytes.length,
    created_at: Math.floor(file.createdAtMs / 1000),
    filename: file.name,
    purpose: file.purpose,
    status: "processed",
  };
}

function listOf(data: readonly unknown[]): unknown {
  return { object: "list", data, has_more: false };
}
