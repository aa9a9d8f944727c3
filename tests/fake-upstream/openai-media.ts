/**
 * OpenAI's embeddings, audio and images.
 * Source: `openai/resources/{embeddings,audio,images}`.
 * @module
 */
import { asString } from "./json.ts";
import { sendBytes, sendChunks, sendJson } from "./reply.ts";
import type { Exchange } from "./types.ts";
import { countTokens, embedding, noise } from "./words.ts";

/** The response of `audio/speech`, whatever the text: 64 KiB. */
export const SPEECH_BYTES = noise(64 * 1024);

/** A PNG of one pixel. */
const PIXEL_PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

export function answerEmbeddings(exchange: Exchange): void {
  const { json, model } = exchange;
  const inputs = Array.isArray(json.input) ? json.input : [json.input];
  const dimensions = typeof json.dimensions === "number" ? json.dimensions : 1536;
  const vector = embedding(dimensions);
  const encoded =
    json.encoding_format === "base64"
      ? Buffer.from(Float32Array.from(vector).buffer).toString("base64")
      : vector;
  const tokens = countTokens(JSON.stringify(inputs));
  exchange.reportUsage({ inputTokens: tokens, outputTokens: 0 });
  sendJson(exchange, {
    object: "list",
    data: inputs.map((_, index) => ({ object: "embedding", index, embedding: encoded })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
}

export async function answerSpeech(exchange: Exchange): Promise<void> {
  const format = asString(exchange.json.response_format) || "mp3";
  const type = format === "mp3" ? "audio/mpeg" : `audio/${format}`;
  await sendChunks(exchange, type, slices(SPEECH_BYTES, 4096));
}

/** Transcriptions and translations; the text shows which file arrived. */
export async function answerTranscription(exchange: Exchange): Promise<void> {
  const file = exchange.form?.get("file");
  if (file === undefined || file === null || typeof file === "string") {
    const message = "file is a required field";
    const error = { message, type: "invalid_request_error", param: "file", code: null };
    sendJson(exchange, { error }, 400);
    return;
  }
  const text = `${file.name} of ${file.size} bytes`;
  if (exchange.form?.get("response_format") === "text") {
    sendBytes(exchange, "text/plain; charset=utf-8", Buffer.from(`${text}\n`));
    return;
  }
  sendJson(exchange, { text, usage: { type: "duration", seconds: 1 } });
}

export function answerImages(exchange: Exchange): void {
  sendJson(exchange, {
    created: 1_760_000_000,
    background: "opaque",
    data: [{ b64_json: PIXEL_PNG }],
    output_format: "png",
    quality: "low",
    size: "1024x1024",
    usage: {
      input_tokens: 10,
      input_tokens_details: { image_tokens: 0, text_tokens: 10 },
      output_tokens: 272,
      total_tokens: 282,
    },
  });
}

export function* slices(bytes: Buffer, size: number): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) {
    yield bytes.subarray(start, start + size);
  }
}
