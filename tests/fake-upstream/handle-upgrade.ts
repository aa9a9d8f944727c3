/**
 * WebSocket services: OpenAI Realtime and Responses, Gemini Live, ElevenLabs and Cartesia speech, Deepgram's
 * transcription; any other slug echoes.
 * @module
 */
import type { IncomingMessage } from "node:http";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";
import { WebSocketServer } from "ws";
import { findModel } from "./find-model.ts";
import { NO_SUCH_GATEWAY } from "./gateway-errors.ts";
import { asArray, asObject, asString, tryParseJson } from "./json.ts";
import { VOICE_BYTES } from "./speech-providers.ts";
import { readTarget } from "./target.ts";
import type { RawAnswer } from "./types.ts";
import type { UpstreamState } from "./upstream-state.ts";
import { inPieces, replyTo } from "./words.ts";

const server = new WebSocketServer({
  noServer: true,
  handleProtocols: (offered) => (offered.has("realtime") ? "realtime" : false),
});

export function handleUpgrade(
  upstream: UpstreamState,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const target = readTarget(request.url ?? "");
  if (target === null) {
    refuse(socket, NO_SUCH_GATEWAY);
    return;
  }
  const record = upstream.open(request, target, true);
  record.model = findModel(target.path, target.query, {}, null);
  const { key, model } = record;
  const decision = upstream.keys.decide({ provider: target.slug, isOpenAiForm: false, key, model });
  if (decision.kind === "reset") {
    socket.destroy();
    return;
  }
  record.status = decision.kind === "refuse" ? decision.answer.status : 101;
  upstream.note(record);
  if (decision.kind === "refuse") {
    refuse(socket, decision.answer);
    return;
  }
  server.handleUpgrade(request, socket, head, (webSocket) => {
    webSocket.on("close", () => {
      record.abortedAtMs = Date.now();
    });
    serve(target.slug, target.path, webSocket, model);
  });
}

function refuse(socket: Duplex, answer: RawAnswer): void {
  const lines = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? "Unknown"}`,
    ...Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(answer.body)}`,
    "connection: close",
  ];
  socket.end(`${lines.join("\r\n")}\r\n\r\n${answer.body}`);
}

function serve(slug: string, path: string, webSocket: WebSocket, model: string): void {
  switch (slug) {
    case "openai":
      if (path.endsWith("responses")) serveResponses(webSocket);
      else serveRealtime(webSocket, model);
      return;
    case "deepgram":
      serveDeepgram(webSocket);
      return;
    case "cartesia":
      serveCartesia(webSocket);
      return;
    case "google":
    case "google-ai-studio":
      serveGeminiLive(webSocket);
      return;
    case "elevenlabs":
      serveElevenLabs(webSocket);
      return;
    default:
      webSocket.on("message", (data, isBinary) => webSocket.send(data, { binary: isBinary }));
  }
}

/** A text response to each `response.create`; any other event is echoed in a `fake.echo`. */
function serveRealtime(webSocket: WebSocket, model: string): void {
  const send = (event: Record<string, unknown>): void => webSocket.send(JSON.stringify(event));
  send({
    type: "session.created",
    event_id: "event_fake0001",
    session: { object: "realtime.session", id: "sess_fake0001", type: "realtime", model },
  });
  webSocket.on("message", (data) => {
    const event = asObject(tryParseJson(textOf(data)));
    if (event.type !== "response.create") {
      send({ type: "fake.echo", received: event });
      return;
    }
    const response = { object: "realtime.response", id: "resp_fake0001" };
    send({ type: "response.created", response: { ...response, status: "in_progress" } });
    for (const delta of inPieces(replyTo(asString(asObject(event.response).instructions)))) {
      send({ type: "response.output_text.delta", response_id: response.id, delta });
    }
    const usage = { total_tokens: 12, input_tokens: 5, output_tokens: 7 };
    send({ type: "response.done", response: { ...response, status: "completed", usage } });
  });
}

let responses = 0;

/** A response to each `response.create`, whose `metadata` may set its usage: `{"input": "5", "output": "7"}`. */
function serveResponses(webSocket: WebSocket): void {
  const send = (event: Record<string, unknown>): void => webSocket.send(JSON.stringify(event));
  webSocket.on("message", (data) => {
    const event = asObject(tryParseJson(textOf(data)));
    if (event.type !== "response.create") {
      send({ type: "error", error: { type: "invalid_request_error", message: "unknown event" } });
      return;
    }
    responses += 1;
    const response = {
      id: `resp_socket${String(responses).padStart(4, "0")}`,
      object: "response",
      model: event.model,
    };
    send({ type: "response.created", response: { ...response, status: "in_progress" } });
    for (const delta of inPieces(replyTo(asString(event.input)))) {
      send({ type: "response.output_text.delta", delta });
    }
    const { input, output } = asObject(event.metadata);
    const [input_tokens, output_tokens] = [Number(input ?? 5), Number(output ?? 7)];
    const usage = { input_tokens, output_tokens, total_tokens: input_tokens + output_tokens };
    send({ type: "response.completed", response: { ...response, status: "completed", usage } });
  });
}

/** A second of audio for every 32,000 bytes; the total is reported when the stream is closed. */
function serveDeepgram(webSocket: WebSocket): void {
  let bytes = 0;
  webSocket.on("message", (data, isBinary) => {
    if (isBinary) {
      const start = bytes / 32_000;
      bytes += Array.isArray(data) ? 0 : data.byteLength;
      const duration = bytes / 32_000 - start;
      webSocket.send(JSON.stringify({ type: "Results", start, duration, is_final: true }));
      return;
    }
    if (asObject(tryParseJson(textOf(data))).type !== "CloseStream") return;
    const told = { type: "Metadata", request_id: "fake", duration: bytes / 32_000, channels: 1 };
    webSocket.send(JSON.stringify(told));
    webSocket.close(1000);
  });
}

/** Audio for every text, and a message when a context is completely spoken. */
function serveCartesia(webSocket: WebSocket): void {
  webSocket.on("message", (data) => {
    const { context_id, continue: goesOn } = asObject(tryParseJson(textOf(data)));
    const sound = VOICE_BYTES.subarray(0, 512).toString("base64");
    webSocket.send(JSON.stringify({ type: "chunk", context_id, data: sound, done: false }));
    if (goesOn !== true) webSocket.send(JSON.stringify({ type: "done", context_id, done: true }));
  });
}

/** Like the real service, it sends its JSON in binary frames. */
function serveGeminiLive(webSocket: WebSocket): void {
  const send = (message: unknown): void => webSocket.send(Buffer.from(JSON.stringify(message)));
  webSocket.on("message", (data) => {
    const message = asObject(tryParseJson(textOf(data)));
    if (message.setup !== undefined) {
      send({ setupComplete: {} });
      return;
    }
    const turn = asObject(asArray(asObject(message.clientContent).turns).at(-1));
    const prompt = asString(asObject(asArray(turn.parts)[0]).text);
    for (const text of inPieces(replyTo(prompt))) {
      send({ serverContent: { modelTurn: { parts: [{ text }] } } });
    }
    send({
      serverContent: { turnComplete: true },
      usageMetadata: { promptTokenCount: 5, responseTokenCount: 7, totalTokenCount: 12 },
    });
  });
}

/** Text in, base64 audio out; an empty text ends the stream. */
function serveElevenLabs(webSocket: WebSocket): void {
  webSocket.on("message", (data) => {
    const text = asString(asObject(tryParseJson(textOf(data))).text);
    if (text === "") {
      webSocket.send(JSON.stringify({ audio: null, isFinal: true }));
      webSocket.close(1000);
      return;
    }
    const audio = VOICE_BYTES.subarray(0, 1024).toString("base64");
    webSocket.send(JSON.stringify({ audio, isFinal: false }));
  });
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}
