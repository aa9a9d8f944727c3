/**
 * Anthropic's messages, token counts, models and files. Source: `@anthropic-ai/sdk/resources`.
 * @module
 */
import type { StoredFile } from "./file-store.ts";
import type { JsonObject } from "./json.ts";
import { asArray, asObject, asString } from "./json.ts";
import { answerChatCompletion } from "./openai-chat.ts";
import { sendBytes, sendEvents, sendJson, typedEvent } from "./reply.ts";
import type { Exchange } from "./types.ts";
import { argumentsFor, contentText, countTokens, inPieces, replyTo } from "./words.ts";

export const ANTHROPIC_MODELS = ["claude-sonnet-4-5", "claude-haiku-4-5"];

export async function answerAnthropic(exchange: Exchange): Promise<void> {
  exchange.response.setHeader("request-id", "req_fake0001");
  const path = exchange.path.replace(/^v1\//, "");
  if (path === "chat/completions") {
    await answerChatCompletion(exchange);
  } else if (exchange.headers["anthropic-version"] === undefined) {
    sendError(exchange, 400, "invalid_request_error", "anthropic-version: header is required");
  } else if (path === "messages") {
    await answerMessage(exchange);
  } else if (path === "messages/count_tokens") {
    sendJson(exchange, { input_tokens: inputTokens(exchange.json) });
  } else if (path.startsWith("models")) {
    answerModels(exchange, path.split("/")[1]);
  } else if (path.startsWith("files")) {
    await answerFiles(exchange, path.split("/"));
  } else {
    sendError(exchange, 404, "not_found_error", "Not found");
  }
}

async function answerMessage(exchange: Exchange): Promise<void> {
  if (typeof exchange.json.max_tokens !== "number") {
    sendError(exchange, 400, "invalid_request_error", "max_tokens: Field required");
    return;
  }
  const block = composeBlock(exchange.json);
  if (exchange.json.stream === true) {
    await sendEvents(exchange, streamOf(exchange, block));
    return;
  }
  sendJson(exchange, {
    ...messageObject(exchange),
    content: [block],
    stop_reason: stopReason(block),
    usage: usageOf(exchange, countTokens(JSON.stringify(block))),
  });
}

type Block =
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "tool_use";
      readonly id: string;
      readonly name: string;
      readonly input: unknown;
    };

function composeBlock(json: JsonObject): Block {
  const tool = asObject(asArray(json.tools)[0]);
  const content = asObject(asArray(json.messages).at(-1)).content;
  const result = asArray(content)
    .map(asObject)
    .find((part) => part.type === "tool_result");
  if (tool.name !== undefined && result === undefined) {
    const input = argumentsFor(tool.input_schema);
    return { type: "tool_use", id: "toolu_fake0001", name: asString(tool.name), input };
  }
  return { type: "text", text: replyTo(contentText(result ? result.content : content)) };
}

function* streamOf(exchange: Exchange, block: Block): Generator<string> {
  yield typedEvent("message_start", {
    message: { ...messageObject(exchange), usage: usageOf(exchange, 1) },
  });
  const start = block.type === "text" ? { type: "text", text: "" } : { ...block, input: {} };
  yield typedEvent("content_block_start", { index: 0, content_block: start });
  yield typedEvent("ping");
  const isText = block.type === "text";
  for (const piece of inPieces(isText ? block.text : JSON.stringify(block.input))) {
    const delta = isText
      ? { type: "text_delta", text: piece }
      : { type: "input_json_delta", partial_json: piece };
    yield typedEvent("content_block_delta", { index: 0, delta });
  }
  yield typedEvent("content_block_stop", { index: 0 });
  yield typedEvent("message_delta", {
    delta: { stop_reason: stopReason(block), stop_sequence: null },
    usage: usageOf(exchange, countTokens(JSON.stringify(block))),
  });
  yield typedEvent("message_stop");
}

function messageObject(exchange: Exchange) {
  return {
    id: "msg_fake0001",
    type: "message",
    role: "assistant",
    model: exchange.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  };
}

function stopReason(block: Block): string {
  return block.type === "text" ? "end_turn" : "tool_use";
}

function usageOf({ json, reportUsage }: Exchange, outputTokens: number): unknown {
  reportUsage({ inputTokens: inputTokens(json), outputTokens });
  return {
    input_tokens: inputTokens(json),
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: outputTokens,
    service_tier: "standard",
  };
}

function inputTokens(json: JsonObject): number {
  return countTokens(JSON.stringify([json.system, json.messages, json.tools]));
}

function answerModels(exchange: Exchange, wanted: string | undefined): void {
  const data = ANTHROPIC_MODELS.map((id) => ({
    type: "model",
    id,
    display_name: id,
    created_at: "2025-10-01T00:00:00Z",
  }));
  const model = data.find(({ id }) => id === wanted);
  if (model !== undefined) sendJson(exchange, model);
  else if (wanted) sendError(exchange, 404, "not_found_error", `model: ${wanted}`);
  else
    sendJson(exchange, { data, has_more: false, first_id: data[0]?.id, last_id: data.at(-1)?.id });
}

async function answerFiles(exchange: Exchange, [, id, part]: readonly string[]): Promise<void> {
  if (id === undefined) {
    if (exchange.method === "POST") await upload(exchange);
    else sendJson(exchange, { data: exchange.files.list(exchange.key).map(fileObject) });
    return;
  }
  const file = exchange.files.get(id.replace(/^file_/, ""), exchange.key);
  if (file === undefined) {
    sendError(exchange, 404, "not_found_error", `File ${id} not found`);
  } else if (part === "content") {
    sendBytes(exchange, "application/octet-stream", file.bytes);
  } else if (exchange.method === "DELETE") {
    exchange.files.delete(file.id, exchange.key);
    sendJson(exchange, { id, type: "file_deleted" });
  } else {
    sendJson(exchange, fileObject(file));
  }
}

async function upload(exchange: Exchange): Promise<void> {
  const file = exchange.form?.get("file");
  if (file === undefined || file === null || typeof file === "string") {
    sendError(exchange, 400, "invalid_request_error", "file: Field required");
    return;
  }
  const stored = exchange.files.add({
    key: exchange.key,
    name: file.name,
    mimeType: file.type,
    purpose: "",
    bytes: Buffer.from(await file.arrayBuffer()),
  });
  sendJson(exchange, fileObject(stored));
}

function fileObject(file: StoredFile): unknown {
  return {
    id: `file_${file.id}`,
    type: "file",
    filename: file.name,
    mime_type: file.mimeType,
    size_bytes: file.bytes.length,
    created_at: new Date(file.createdAtMs).toISOString(),
    downloadable: true,
  };
}

function sendError(exchange: Exchange, status: number, type: string, message: string): void {
  const error = { type, message };
  sendJson(exchange, { type: "error", error, request_id: "req_fake0001" }, status);
}
