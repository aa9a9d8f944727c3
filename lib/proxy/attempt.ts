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
import { ProxyError } from "./proxy-error";
import { bodyToSend } from "./request-body";
import type { RequestScope } from "./request-scope";
import { type KeyScrubber, scrubberFor } from "./scrub-key";
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
  /** Takes the key that was used out of what is handed on. What was read into here is clean already. */
  readonly scrubber: KeyScrubber;
}

/** Nothing came back: connection refused or reset, the time was up, or the client left. */
export interface NoAnswer {
  readonly kind: "no-answer";
  readonly error: unknown;
}

const decoder = new TextDecoder();

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
    return await judged(call, response, scrubberFor(keyText), ports.nowMs());
  } catch (error) {
    // Errors of the request: its headers, or a body that turned out too long while it was sent.
    if (error instanceof ProviderPathError || error instanceof ProxyError) throw error;
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
  response: Response,
  scrubber: KeyScrubber,
  nowMs: number,
): Answer | Promise<Answer> {
  if (response.status >= 400) return judgedError(call, response, scrubber, nowMs);
  const { headers, body, status } = response;
  if (status >= 300 && body !== null) {
    // A redirect's few words, which quote its address.
    const clean = { head: NOTHING, rest: scrubber.cleanStream(body) };
    return { kind: "answer", response, body: clean, verdict: OK, scrubber };
  }
  const contentType = headers.get("content-type");
  // Looking into what is compressed would unpack it on its way to the client.
  if (contentType !== null && !headers.has("content-encoding")) {
    if (contentType.startsWith("application/json") && isShort(call, response))
      return judgedWhole(call, response, scrubber, nowMs);
    if (contentType.startsWith("text/event-stream") && body !== null)
      return judgedStream(call, response, body, scrubber, nowMs);
  }
  return { kind: "answer", response, body: unread(body), verdict: OK, scrubber };
}

const NOTHING = new Uint8Array(0);

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
  scrubber: KeyScrubber,
  nowMs: number,
): Promise<Answer> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const { head, text } = cleaned(bytes, scrubber);
  const isError = head.length <= ERROR_BYTES && HAS_ERROR.test(text);
  const verdict = (isError && judgeStreamStart({ provider, text, nowMs })) || OK;
  return { kind: "answer", response, body: { head, rest: null }, verdict, scrubber };
}

/** A stream may begin with an error although its status is 200: it is looked at before the client sees it. */
async function judgedStream(
  { provider }: ProxyCall,
  response: Response,
  stream: ByteStream,
  scrubber: KeyScrubber,
  nowMs: number,
): Promise<Answer> {
  const start = await readHead(stream, 1);
  const { head, text } = cleaned(start.head, scrubber);
  const verdict = judgeStreamStart({ provider, text, nowMs }) ?? OK;
  return { kind: "answer", response, body: { head, rest: start.rest }, verdict, scrubber };
}

/** Bytes without the key, and as text. */
function cleaned(bytes: Bytes, scrubber: KeyScrubber): { head: Bytes; text: string } {
  const text = decoder.decode(bytes);
  const head = scrubber.cleanBytes(bytes, text);
  return { head, text: head === bytes ? text : decoder.decode(head) };
}

async function judgedError(
  { provider }: ProxyCall,
  response: Response,
  scrubber: KeyScrubber,
  nowMs: number,
): Promise<Answer> {
  const { status, headers } = response;
  const start =
    response.body === null
      ? unread(null)
      : await readHead(scrubber.cleanStream(response.body), JUDGED_BYTES);
  const text = decoder.decode(start.head);
  const verdict = judgeAnswer({ provider, status, headers, text, nowMs });
  return { kind: "answer", response, body: start, verdict, scrubber };
}
