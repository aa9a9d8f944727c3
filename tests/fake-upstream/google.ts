/**
 * The Gemini API: generation, streaming in both forms, embeddings, token counts, models, and its OpenAI-compatible
 * paths. Source: `@google/genai`.
 * @module
 */
import { answerGoogleFiles } from "./google-files.ts";
import type { JsonObject } from "./json.ts";
import { asArray, asObject, asString } from "./json.ts";
import { openAiAnswerer } from "./openai.ts";
import { slices } from "./openai-media.ts";
import { dataEvent, sendChunks, sendEvents, sendJson } from "./reply.ts";
import type { Exchange } from "./types.ts";
import { argumentsFor, countTokens, embedding, inPieces, noise, replyTo } from "./words.ts";

export const GOOGLE_MODELS = ["gemini-2.5-flash", "gemini-2.5-pro", "gemini-embedding-001"];

/** A TTS model's output: 24 kHz PCM, delivered in several chunks. */
export const GOOGLE_SPEECH_BYTES = noise(48 * 1024, 2);

export async function answerGoogle(exchange: Exchange): Promise<void> {
  const path = exchange.path.replace(/^(upload\/)?v1(beta|alpha)?\//, "$1");
  const method = /^models\/[^:]+:(\w+)$/.exec(path)?.[1];
  if (method !== undefined) {
    await callModel(exchange, method);
  } else if (path === "models" || path.startsWith("models/")) {
    answerModels(exchange, path.split("/")[1]);
  } else if (path.startsWith("upload/files") || path.startsWith("files")) {
    answerGoogleFiles(exchange, path);
  } else if (path === "openai/models") {
    const data = GOOGLE_MODELS.map((name) => ({ id: `models/${name}`, object: "model" }));
    sendJson(exchange, { object: "list", data });
  } else if (path.startsWith("openai/")) {
    const answer = openAiAnswerer(path.slice("openai/".length));
    if (answer === null) sendNotFound(exchange);
    else await answer(exchange);
  } else {
    sendNotFound(exchange);
  }
}

async function callModel(exchange: Exchange, method: string): Promise<void> {
  const { json } = exchange;
  switch (method) {
    case "generateContent":
      sendJson(exchange, generated(exchange, partsOf(exchange), "STOP"));
      return;
    case "streamGenerateContent":
      await streamGenerated(exchange);
      return;
    case "embedContent":
      sendJson(exchange, { embedding: { values: embedding(768) } });
      return;
    case "batchEmbedContents": {
      const embeddings = asArray(json.requests).map(() => ({ values: embedding(768) }));
      sendJson(exchange, { embeddings });
      return;
    }
    case "countTokens": {
      const totalTokens = promptTokens(json);
      const promptTokensDetails = [{ modality: "TEXT", tokenCount: totalTokens }];
      sendJson(exchange, { totalTokens, promptTokensDetails });
      return;
    }
    default:
      sendNotFound(exchange);
  }
}

async function streamGenerated(exchange: Exchange): Promise<void> {
  const pieces = partsOf(exchange).flatMap(inChunks);
  // Generated while they are sent, so that the reported usage is what was sent.
  function* answers() {
    for (const [index, part] of pieces.entries()) {
      yield generated(exchange, [part], index === pieces.length - 1 ? "STOP" : null);
    }
  }
  if (exchange.query.get("alt") === "sse") {
    await sendEvents(
      exchange,
      answers().map((answer) => dataEvent(answer).replace(/\n\n$/, "\r\n\r\n")),
    );
    return;
  }
  // Without alt=sse the response is one growing JSON array, one element per chunk.
  function* elements() {
    let opening = "[";
    for (const answer of answers()) {
      yield `${opening}${JSON.stringify(answer, null, 2)}\n`;
      opening = ",\r\n";
    }
    yield "]";
  }
  await sendChunks(exchange, "application/json; charset=UTF-8", elements());
}

type Part =
  | { readonly text: string }
  | { readonly functionCall: { readonly name: string; readonly args: unknown } }
  | { readonly inlineData: { readonly mimeType: string; readonly data: string } };

function partsOf({ json }: Exchange): readonly Part[] {
  if (asArray(asObject(json.generationConfig).responseModalities).includes("AUDIO")) {
    return [audioPart(GOOGLE_SPEECH_BYTES)];
  }
  const lastParts = asArray(asObject(asArray(json.contents).at(-1)).parts).map(asObject);
  const declaration = asObject(asArray(asObject(asArray(json.tools)[0]).functionDeclarations)[0]);
  const result = lastParts.find((part) => part.functionResponse !== undefined);
  if (declaration.name !== undefined && result === undefined) {
    const schema = declaration.parametersJsonSchema ?? declaration.parameters;
    return [{ functionCall: { name: asString(declaration.name), args: argumentsFor(schema) } }];
  }
  const prompt = result
    ? JSON.stringify(asObject(result.functionResponse).response)
    : lastParts.map((part) => asString(part.text)).join("");
  return [{ text: replyTo(prompt) }];
}

function inChunks(part: Part): readonly Part[] {
  if ("text" in part) return inPieces(part.text).map((text) => ({ text }));
  if ("inlineData" in part) return [...slices(GOOGLE_SPEECH_BYTES, 8 * 1024)].map(audioPart);
  return [part];
}

function audioPart(bytes: Buffer): Part {
  return {
    inlineData: { mimeType: "audio/L16;codec=pcm;rate=24000", data: bytes.toString("base64") },
  };
}

function generated(exchange: Exchange, parts: readonly Part[], finishReason: string | null) {
  const promptTokenCount = promptTokens(exchange.json);
  const candidatesTokenCount = countTokens(JSON.stringify(parts));
  exchange.reportUsage({ inputTokens: promptTokenCount, outputTokens: candidatesTokenCount });
  return {
    candidates: [
      { content: { parts, role: "model" }, ...(finishReason && { finishReason }), index: 0 },
    ],
    usageMetadata: {
      promptTokenCount,
      candidatesTokenCount,
      totalTokenCount: promptTokenCount + candidatesTokenCount,
      promptTokensDetails: [{ modality: "TEXT", tokenCount: promptTokenCount }],
    },
    modelVersion: exchange.model,
    responseId: "fake0001",
  };
}

function promptTokens(json: JsonObject): number {
  return countTokens(JSON.stringify([json.contents, json.systemInstruction]));
}

function answerModels(exchange: Exchange, wanted: string | undefined): void {
  const models = GOOGLE_MODELS.map((name) => ({
    name: `models/${name}`,
    version: "001",
    displayName: name,
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ["generateContent", "countTokens"],
  }));
  const model = models.find(({ name }) => name === `models/${wanted}`);
  if (model !== undefined) sendJson(exchange, model);
  else if (wanted) sendNotFound(exchange);
  else sendJson(exchange, { models });
}

function sendNotFound(exchange: Exchange): void {
  const message = "Requested entity was not found.";
  sendJson(exchange, { error: { code: 404, message, status: "NOT_FOUND" } }, 404);
}
