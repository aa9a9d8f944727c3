/**
 * One attempt: the call sent with one key, and what came back.
 * @module
 */

import { declaredLength } from "../http/declared-length";
import { isNullBodyStatus } from "../http/null-body-status";
import { judgeAnswer, judgeStreamStart, OK } from "../providers/judge-answer";
import { ProviderPathError } from "../providers/provider-path-error";
import type { OutgoingRequest, Route, Verdict } from "../providers/types";
import type { ProxyConfig } from "./config";
import type { Deadline } from "./deadline";
import type { ProxyCall } from "./proxy-call";
import { bodyToSend } from "./request-body";
import type { RequestScope } from "./request-scope";
import { type ByteStream, type Bytes, readHead, type StreamHead, unread } from "./stream-head";

/** Errors are judged by their beginning; more than this is passed on unread. */
const JUDGED_BYTES = 64 * 1024;

/**
 * JSON no longer than this is taken whole before it is handed on: its few packets come with the headers,
 * reading it in pieces costs three times as much, and if it breaks off another attempt can be made.
 */
const WHOLE_BYTES = 64 * 1024;

/** An answer that says nothing but an error is shorter. */
const ERROR_BYTES = 8 * 1024;
/** Spares parsing good answers, of which some have `"error": null`. */
const HAS_ERROR = /"error"\s*:\s*["{]/;

/** An upstream's answer, judged. */
export interface Answer {
  readonly kind: "answer";
  readonly response: Response;
  /** What is to be delivered: the body as it came, or its head, which was looked at, and the rest. */
  readonly body: StreamHead;
  readonly verdict: Verdict;
}

/** Nothing came back: connection refused or reset, the time was up, or the client left. */
export interface NoAnswer {
  readonly kind: "no-answer";
  readonly error: unknown;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * Sends the call with a key's text and judges the answer; gives up at the deadline. A fetch that fails is
 * a result, not an error.
 * @throws {ProviderPathError} where the key would have to go to a host that is not the provider's.
 */
export async function attempt(
  call: ProxyCall,
  keyText: string,
  deadline: Deadline,
  scope: RequestScope,
): Promise<Answer | NoAnswer> {
  const work = send(call, keyText, scope);
  const result = await Promise.race([work, deadline.reached]);
  if (result !== undefined) return result;
  void work.then(discardAnswer, () => {});
  return { kind: "no-answer", error: new DOMException("No answer in time", "TimeoutError") };
}

/** Frees the connection of an answer that will not be delivered. */
export function discardAnswer(result: Answer | NoAnswer): void {
  if (result.kind === "answer") void result.body.rest?.cancel().catch(() => {});
}

async function send(
  call: ProxyCall,
  keyText: string,
  { request, config, ports }: RequestScope,
): Promise<Answer | NoAnswer> {
  try {
    const outgoing = new Outgoing(call);
    call.placeKey(outgoing, keyText);
    if (call.route === "gateway") addGatewayHeaders(outgoing.headers, config);
    const body = bodyToSend(call.body);
    const init: RequestInit = {
      method: call.method,
      headers: outgoing.headers,
      // Followed here, a redirect could take the key to another host.
      redirect: "manual",
    };
    if (body !== null) init.body = body;
    const response = await ports.fetch(outgoing.address, init, request);
    return await judged(call, keyText, response, ports.nowMs());
  } catch (error) {
    if (error instanceof ProviderPathError) throw error;
    return { kind: "no-answer", error };
  }
}

/** The request to be sent. Its address is parsed only for providers that look at it. */
class Outgoing implements OutgoingRequest {
  readonly headers: Headers;
  readonly route: Route;
  readonly #address: string;
  #url: URL | null = null;

  constructor(call: ProxyCall) {
    this.headers = call.headers();
    this.route = call.route;
    this.#address = call.url;
  }

  get url(): URL {
    this.#url ??= new URL(this.#address);
    return this.#url;
  }

  get address(): string {
    return this.#url?.href ?? this.#address;
  }
}

function addGatewayHeaders(headers: Headers, config: ProxyConfig): void {
  if (config.gatewayToken !== null) {
    headers.set("cf-aig-authorization", `Bearer ${config.gatewayToken}`);
  }
  // A request whose key got lost must fail, not be billed to the Cloudflare account.
  headers.set("cf-aig-no-wholesale", "true");
  // Keys are rotated here: a retry of the gateway's own would hit the same key again.
  headers.set("cf-aig-max-attempts", "1");
}

function judged(
  call: ProxyCall,
  keyText: string,
  response: Response,
  nowMs: number,
): Answer | Promise<Answer> {
  if (response.status >= 400) return judgedError(call, keyText, response, nowMs);
  const { headers } = response;
  const contentType = headers.get("content-type");
  // Looking into what is compressed would unpack it on its way to the client.
  if (contentType !== null && !headers.has("content-encoding")) {
    if (contentType.startsWith("application/json") && isShort(call, response))
      return judgedWhole(call, response, nowMs);
    if (contentType.startsWith("text/event-stream") && response.body !== null)
      return judgedStream(call, response, response.body, nowMs);
  }
  return { kind: "answer", response, body: unread(response.body), verdict: OK };
}

/** Whether there is a body and it is short, told without a look at it: each stream that is looked at costs. */
function isShort({ method }: ProxyCall, { status, headers }: Response): boolean {
  const length = declaredLength(headers);
  const isTold = length !== null && length > 0 && length <= WHOLE_BYTES;
  return isTold && method !== "HEAD" && !isNullBodyStatus(status);
}

/** Some say with status 200 that they could not answer (OpenRouter), in so few words that they are all here. */
async function judgedWhole(
  { provider }: ProxyCall,
  response: Response,
  nowMs: number,
): Promise<Answer> {
  const head = new Uint8Array(await response.arrayBuffer());
  const text = head.length <= ERROR_BYTES ? decoder.decode(head) : "";
  const verdict = (HAS_ERROR.test(text) && judgeStreamStart({ provider, text, nowMs })) || OK;
  return { kind: "answer", response, body: { head, rest: null }, verdict };
}

/** A stream may begin with an error although its status is 200: it is looked at before the client sees it. */
async function judgedStream(
  { provider }: ProxyCall,
  response: Response,
  stream: ByteStream,
  nowMs: number,
): Promise<Answer> {
  const body = await readHead(stream, 1);
  const text = decoder.decode(body.head);
  const verdict = judgeStreamStart({ provider, text, nowMs }) ?? OK;
  return { kind: "answer", response, body, verdict };
}

async function judgedError(
  { provider }: ProxyCall,
  keyText: string,
  response: Response,
  nowMs: number,
): Promise<Answer> {
  const { status, headers } = response;
  const start = response.body === null ? unread(null) : await readHead(response.body, JUDGED_BYTES);
  const text = decoder.decode(start.head);
  const verdict = judgeAnswer({ provider, status, headers, text, nowMs });
  const head = withoutKey(start.head, text, keyText);
  return { kind: "answer", response, body: { head, rest: start.rest }, verdict };
}

/** Some providers put the key into their error: it must not reach the client, nor a log. */
function withoutKey(bytes: Bytes, text: string, keyText: string): Bytes {
  return text.includes(keyText) ? encoder.encode(text.replaceAll(keyText, "[key]")) : bytes;
}
