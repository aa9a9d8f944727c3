/**
 * OpenAI's HTTP API, which most other providers copy. Both `v1/chat/completions` and `chat/completions` reach it, as
 * through AI Gateway.
 * @module
 */
import { answerChatCompletion } from "./openai-chat.ts";
import { answerBatches, answerFiles } from "./openai-files.ts";
import {
  answerEmbeddings,
  answerImages,
  answerSpeech,
  answerTranscription,
} from "./openai-media.ts";
import { answerResponse } from "./openai-responses.ts";
import { sendJson } from "./reply.ts";
import type { Exchange } from "./types.ts";

export const OPENAI_MODELS = ["gpt-4o", "gpt-4o-mini", "text-embedding-3-small", "whisper-1"];

type Answerer = (exchange: Exchange) => void | Promise<void>;

/** The responder for a path below an OpenAI-like provider, or null if there is none. */
export function openAiAnswerer(fullPath: string): Answerer | null {
  const path = fullPath.replace(/^(?:openai\/)?v1\//, "");
  const [first = "", second = ""] = path.split("/");
  if (first === "models") return answerModels;
  if (first === "files") return (exchange) => answerFiles({ ...exchange, path });
  return ANSWERERS[`${first}${second && `/${second}`}`] ?? null;
}

/** OpenAI's response to an unknown path. */
export function answerInvalidUrl(exchange: Exchange): void {
  const message = `Invalid URL (${exchange.method} /v1/${exchange.path})`;
  const error = { message, type: "invalid_request_error", param: null, code: null };
  sendJson(exchange, { error }, 404);
}

const ANSWERERS: Readonly<Record<string, Answerer>> = {
  "chat/completions": answerChatCompletion,
  responses: answerResponse,
  embeddings: answerEmbeddings,
  "audio/speech": answerSpeech,
  "audio/transcriptions": answerTranscription,
  "audio/translations": answerTranscription,
  "images/generations": answerImages,
  "images/edits": answerImages,
  batches: answerBatches,
};

function answerModels(exchange: Exchange): void {
  const wanted = /models\/(.+)$/.exec(exchange.path)?.[1];
  const models = OPENAI_MODELS.map((id) => ({
    id,
    object: "model",
    created: 1_760_000_000,
    owned_by: exchange.slug,
  }));
  if (wanted === undefined) {
    sendJson(exchange, { object: "list", data: models });
    return;
  }
  const model = models.find(({ id }) => id === decodeURIComponent(wanted));
  if (model !== undefined) {
    sendJson(exchange, model);
    return;
  }
  const message = `The model '${wanted}' does not exist`;
  const error = { message, type: "invalid_request_error", param: "model", code: "model_not_found" };
  sendJson(exchange, { error }, 404);
}
