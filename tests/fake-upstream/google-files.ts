/**
 * The Gemini Files API with resumable uploads: `start` returns the URL that accepts the bytes.
 * @module
 */
import type { StoredFile } from "./file-store.ts";
import { asObject, asString } from "./json.ts";
import { sendBytes, sendJson } from "./reply.ts";
import type { Exchange } from "./types.ts";

const JSON_TYPE = "application/json; charset=UTF-8";

/** `path` is without the API version: `upload/files`, `files`, `files/{id}`. */
export function answerGoogleFiles(exchange: Exchange, path: string): void {
  if (path.startsWith("upload/")) {
    answerUpload(exchange);
    return;
  }
  const id = path.split("/")[1];
  if (id === undefined) {
    sendJson(exchange, {
      files: exchange.files.list(exchange.key).map((file) => fileObject(exchange, file)),
    });
    return;
  }
  const file = exchange.files.get(id, exchange.key);
  if (file === undefined) {
    const message = `You do not have permission to access the File ${id} or it may not exist.`;
    sendJson(exchange, { error: { code: 403, message, status: "PERMISSION_DENIED" } }, 403);
  } else if (exchange.method === "DELETE") {
    exchange.files.delete(id, exchange.key);
    sendJson(exchange, {});
  } else {
    sendJson(exchange, fileObject(exchange, file));
  }
}

/** An upload URL carries its own authorization in `upload_id`: Google requires no key for it. */
export function isUploadInProgress(query: URLSearchParams): boolean {
  return query.has("upload_id");
}

function answerUpload(exchange: Exchange): void {
  const commands = header(exchange, "x-goog-upload-command")
    .split(",")
    .map((word) => word.trim());
  if (commands.includes("start")) {
    const uploadId = exchange.files.startUpload({
      key: exchange.key,
      name: asString(asObject(exchange.json.file).displayName),
      mimeType: header(exchange, "x-goog-upload-header-content-type"),
    });
    const url = `${exchange.googleUploadBase}/upload/v1beta/files?upload_id=${uploadId}&upload_protocol=resumable`;
    sendBytes(exchange, JSON_TYPE, Buffer.alloc(0), 200, {
      "x-goog-upload-status": "active",
      "x-goog-upload-url": url,
      "x-goog-upload-chunk-granularity": "8388608",
    });
    return;
  }
  const uploadId = exchange.query.get("upload_id") ?? "";
  const isLast = commands.includes("finalize");
  const file = exchange.files.appendUpload(uploadId, exchange.body, isLast);
  if (file === null) {
    sendJson(
      exchange,
      { error: { code: 404, message: "Upload not found.", status: "NOT_FOUND" } },
      404,
    );
  } else if (file === undefined) {
    sendBytes(exchange, JSON_TYPE, Buffer.alloc(0), 200, { "x-goog-upload-status": "active" });
  } else {
    const body = Buffer.from(JSON.stringify({ file: fileObject(exchange, file) }));
    sendBytes(exchange, JSON_TYPE, body, 200, { "x-goog-upload-status": "final" });
  }
}

function fileObject(exchange: Exchange, file: StoredFile): unknown {
  const created = new Date(file.createdAtMs).toISOString();
  return {
    name: `files/${file.id}`,
    displayName: file.name,
    mimeType: file.mimeType,
    sizeBytes: String(file.bytes.length),
    createTime: created,
    updateTime: created,
    expirationTime: new Date(file.createdAtMs + 48 * 3_600_000).toISOString(),
    uri: `${exchange.googleUploadBase}/v1beta/files/${file.id}`,
    state: "ACTIVE",
    source: "UPLOADED",
  };
}

function header(exchange: Exchange, name: string): string {
  return String(exchange.headers[name] ?? "");
}
