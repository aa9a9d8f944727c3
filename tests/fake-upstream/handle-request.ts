/**
 * One HTTP request, from its headers to its response, with a record of it.
 * @module
 */
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { findModel } from "./find-model.ts";
import { NO_SUCH_GATEWAY } from "./gateway-errors.ts";
import { isUploadInProgress } from "./google-files.ts";
import { asObject, tryParseJson } from "./json.ts";
import { SERVE } from "./key-book.ts";
import { errorsOf } from "./provider-errors.ts";
import { sendRaw } from "./reply.ts";
import { answer } from "./route.ts";
import { readTarget, splitCompatModel } from "./target.ts";
import type { Exchange, RequestRecord } from "./types.ts";
import type { UpstreamState } from "./upstream-state.ts";

export async function handleRequest(
  upstream: UpstreamState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = readTarget(request.url ?? "");
  if (target === null) {
    response.writeHead(NO_SUCH_GATEWAY.status, NO_SUCH_GATEWAY.headers).end(NO_SUCH_GATEWAY.body);
    return;
  }
  const record = upstream.open(request, target, false);
  if (record.logId !== "") response.setHeader("cf-aig-log-id", record.logId);
  const left = new AbortController();
  response.on("close", () => {
    if (response.writableFinished) return;
    record.abortedAtMs = Date.now();
    left.abort();
  });

  const body = await readBody(request);
  if (body === null) return;
  const contentType = request.headers["content-type"] ?? "";
  const form = await readForm(contentType, body);
  const parsed = contentType.includes("json") ? tryParseJson(body.toString()) : null;
  const json = asObject(parsed);
  const namedModel = findModel(target.path, target.query, json, form);
  fillIn(record, body, namedModel);
  const compat = target.slug === "compat" ? splitCompatModel(namedModel) : null;
  const exchange: Exchange = {
    method: request.method ?? "GET",
    slug: target.slug,
    path: target.path,
    query: target.query,
    headers: request.headers,
    body,
    json,
    hasBadJson: parsed === undefined && body.length > 0,
    form,
    model: compat?.model ?? namedModel,
    key: record.key,
    gatewayUrl: upstream.gatewayUrl,
    googleUploadBase: upstream.googleUploadBase,
    files: upstream.files,
    response,
    signal: left.signal,
    reportUsage: (usage) => {
      record.usage = usage;
    },
    chunkDelayMs: 0,
  };
  await decideAndAnswer(upstream, exchange, compat?.provider ?? target.slug);
  record.status = response.statusCode;
  upstream.note(record);
}

async function decideAndAnswer(
  upstream: UpstreamState,
  exchange: Exchange,
  provider: string,
): Promise<void> {
  const isOpenAiForm = exchange.slug === "compat" || exchange.path.includes("openai/");
  const { key, model } = exchange;
  const context = { provider, isOpenAiForm, key, model };
  const isUpload = isUploadInProgress(exchange.query);
  const decision = isUpload ? SERVE : upstream.keys.decide(context);
  switch (decision.kind) {
    case "reset":
      exchange.response.destroy();
      return;
    case "refuse":
      sendRaw(exchange, decision.answer);
      return;
    case "serve":
      if (exchange.hasBadJson && !isUpload) {
        sendRaw(exchange, errorsOf(context).badJson(context));
        return;
      }
      exchange.chunkDelayMs = decision.chunkDelayMs;
      if (decision.headersDelayMs > 0)
        await waitUnlessLeft(decision.headersDelayMs, exchange.signal);
      if (!exchange.signal.aborted) await answer(exchange);
  }
}

/** Null if the client left before the body's end. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch {
    return null;
  }
  return Buffer.concat(chunks);
}

async function readForm(contentType: string, body: Buffer): Promise<FormData | null> {
  if (!contentType.startsWith("multipart/form-data")) return null;
  const headers = { "content-type": contentType };
  return new Response(new Uint8Array(body), { headers }).formData().catch(() => null);
}

function fillIn(record: RequestRecord, body: Buffer, model: string): void {
  record.model = model;
  record.bodyBytes = body.length;
  record.bodySha256 = createHash("sha256").update(body).digest("hex");
}

async function waitUnlessLeft(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
