/**
 * One attempt: the call sent with one key, and what came back.
 * @module
 */

import type { ByteStream, Bytes } from "../../http/byte-stream";
import { declaredLength } from "../../http/declared-length";
import { isNullBodyStatus } from "../../http/null-body-status";
import { type HeaderFields, ReadHeaders } from "../../http/read-headers";
import { type EventFraming, isReadable, mediaType, readableFraming } from "../../http/split-events";
import { judgeAnswer, judgeStreamStart, OK, WEB_PAGE } from "../../providers/answers/judge-answer";
import { judgeEvent } from "../../providers/answers/judge-event";
import { ProviderPathError } from "../../providers/provider-path-error";
import type { OutgoingRequest, Route, Verdict } from "../../providers/types";
import { type TraceContext, traceparentOf } from "../../traces/trace-context";
import { lookedAt, lookInto } from "../answer/look-into";
import { type KeyScrubber, scrubberFor } from "../answer/scrub-key";
import { discardBody, fillHead, NOTHING, type StreamHead, unread } from "../answer/stream-head";
import type { ProxyConfig } from "../config";
import type { ProxyPorts } from "../ports";
import { ProxyError } from "../proxy-error";
import { bodyToSend } from "../request/request-body";
import type { RequestScope } from "../request-scope";
import { type ProxyCall, reportsErrors } from "../route/proxy-call";
import type { Deadline } from "./deadline";
import type { Answer, NoAnswer } from "./served";
import { unpackAnswer } from "./unpack-answer";

/** Errors are classified by their first 64 KiB (the scrubber holds some more back); the rest passes unread. */
const JUDGED_BYTES = 68 * 1024;

/**
 * JSON up to this length is read completely before it is handed on: its few packets arrive with the headers, reading it
 * in pieces costs three times as much, and if it breaks off another attempt can be made.
 */
const WHOLE_BYTES = 64 * 1024;

/** The response was empty, or truncated. */
class UnusableAnswer extends Error {}

function cutShort({ provider }: ProxyCall): UnusableAnswer {
  return new UnusableAnswer(`The answer of ${provider.label} ended before its end.`);
}

function heldNothing({ provider }: ProxyCall): UnusableAnswer {
  return new UnusableAnswer(`The answer of ${provider.label} held nothing.`);
}

/** What was said in a recording of silence. */
function mayBeBlank({ headers }: Pick<Answer, "headers">): boolean {
  return mediaType(headers) === "text/plain";
}

/** What a wrong address, or a proxy on the way, sends in place of an API's response. */
const BEGINS_PAGE = /^\s*<(?:!doctype\s+html|html)[\s>]/i;

/** Whether a web page is the response to a call that wants a model's output. */
function isPage(call: ProxyCall, text: string): boolean {
  return BEGINS_PAGE.test(text) && call.model !== null && reportsErrors(call);
}

const BEGINS_JSON = /^\s*[[{]/;

function endsJson(text: string): boolean {
  const last = text.trimEnd().at(-1);
  return last === "}" || last === "]";
}

const decoder = new TextDecoder();

/**
 * Sends the call with a key's text and classifies the response; gives up at the deadline. A failed fetch is a result,
 * not an error.
 * @throws {ProviderPathError} if the key would be sent to a host that isn't the provider's.
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

/** Frees the connection of a response that won't be delivered. */
export function discardAnswer(result: Answer | NoAnswer): void {
  if (result.kind === "answer") discardBody(result.body);
}

async function send(
  call: ProxyCall,
  keyText: string,
  scope: RequestScope,
): Promise<Answer | NoAnswer> {
  const { request, config, ports } = scope;
  try {
    const outgoing = new Outgoing(call);
    if (scope.meter.trace !== null) tellTrace(outgoing.headers, scope.meter.trace, call, scope);
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
    if (call.body.kind === "streamed" && call.body.tooLong) init.signal = call.body.tooLong;
    const received = await ports.fetch(outgoing.address, init, request);
    const atMs = ports.nowMs();
    const scrubber = scrubberFor(keyText);
    const asSent = receivedOf(received, atMs, scrubber);
    const readable = isReadable(asSent.headers)
      ? asSent
      : receivedOf(await unpackAnswer(received), atMs, scrubber);
    return await judged(call, readable, ports);
  } catch (error) {
    // Errors of the request: its headers, or a body that turned out too long while it was sent.
    if (error instanceof ProviderPathError || error instanceof ProxyError) throw error;
    if (call.body.kind === "streamed") call.body.tooLong?.throwIfAborted();
    return { kind: "no-answer", error };
  }
}

/** The request to be sent. Its address is parsed only for providers that examine it. */
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

/** Continues a caller's trace upstream. If the caller sent none, only the team's custom providers get one. */
function tellTrace(
  headers: Headers,
  trace: TraceContext,
  { provider }: ProxyCall,
  { attempts, ports }: RequestScope,
): void {
  const isOwn = ports.state.customProvider(provider.slug) !== undefined;
  if (isOwn || headers.has("traceparent")) {
    headers.set("traceparent", traceparentOf(trace, attempts - 1));
  }
}

function addGatewayHeaders(headers: Headers, config: ProxyConfig): void {
  if (config.gatewayToken !== null) {
    headers.set("cf-aig-authorization", `Bearer ${config.gatewayToken}`);
  }
  // A request that lost its key must fail, not be billed to the Cloudflare account.
  headers.set("cf-aig-no-wholesale", "true");
  // Keys are rotated here: a retry by the gateway would use the same key again.
  headers.set("cf-aig-max-attempts", "1");
}

/** A response that isn't classified yet. */
type Received = Pick<Answer, "response" | "headers" | "atMs" | "scrubber">;

function receivedOf(response: Response, atMs: number, scrubber: KeyScrubber): Received {
  return { response, headers: new ReadHeaders(response.headers), atMs, scrubber };
}

function answerOf(
  { response, headers, atMs, scrubber }: Received,
  body: StreamHead,
  verdict: Verdict,
): Answer {
  return { kind: "answer", response, headers, atMs, body, verdict, scrubber };
}

function judged(call: ProxyCall, received: Received, ports: ProxyPorts): Answer | Promise<Answer> {
  const { headers, response, scrubber } = received;
  const { body, status } = response;
  // No `Response` can be created with any other status; a 101 belongs to a WebSocket.
  if (status > 599 || (status < 200 && !call.isWebSocket)) {
    void body?.cancel().catch(() => {});
    throw new ProxyError(
      "upstream_unreachable",
      `${call.provider.label} answered with status ${status}, which is no answer to such a request.`,
    );
  }
  if (status >= 400) return judgedError(call, received);
  if (status >= 300 && body !== null && !isReadable(headers)) {
    const emptied = withoutText(call, received);
    return answerOf(emptied, unread(emptied.response.body), OK);
  }
  if (status >= 300 && body !== null) {
    // A redirect's short text, which quotes its address.
    return answerOf(received, { head: NOTHING, rest: scrubber.cleanStream(body) }, OK);
  }
  if (body === null && status === 200 && call.method === "POST" && call.model !== null) {
    if (!mayBeBlank(received)) throw heldNothing(call);
  }
  const framing = body === null ? null : readableFraming(headers);
  if (framing === "json" && !headers.has("content-encoding") && isShort(call, status, headers))
    return judgedWhole(call, received);
  if (framing !== null && body !== null) return judgedStart(call, received, body, framing, ports);
  return answerOf(received, unread(body), OK);
}

/** Whether there is a body and it is short, judged without touching the stream, because that has a cost. */
function isShort({ method }: ProxyCall, status: number, headers: HeaderFields): boolean {
  const length = declaredLength(headers);
  const isShort = length !== null && length > 0 && length <= WHOLE_BYTES;
  return isShort && method !== "HEAD" && !isNullBodyStatus(status);
}

/**
 * Some services report with status 200 that they couldn't answer (OpenRouter), in so few words that all of them are
 * here.
 */
async function judgedWhole(call: ProxyCall, received: Received): Promise<Answer> {
  const { response, atMs, scrubber } = received;
  const bytes = new Uint8Array(await response.arrayBuffer());
  const { head, text } = cleaned(bytes, scrubber);
  if (call.model !== null && text.trim() === "" && !mayBeBlank(received)) {
    throw heldNothing(call);
  }
  // The stated length was wrong.
  if (call.model !== null && BEGINS_JSON.test(text) && !endsJson(text)) throw cutShort(call);
  const { provider } = call;
  const refusal = reportsErrors(call) && judgeStreamStart({ provider, text, nowMs: atMs });
  const verdict = refusal || (isPage(call, text) ? WEB_PAGE : OK);
  return answerOf(received, { head, rest: null }, verdict);
}

/**
 * A response may be an error although its status is 200, and report it only after pings and the news that the work has
 * begun: it is examined until it contains output that a client can use.
 * @throws if it ends without that.
 */
async function judgedStart(
  call: ProxyCall,
  received: Received,
  stream: ByteStream,
  framing: EventFraming,
  ports: ProxyPorts,
): Promise<Answer> {
  const look = await lookInto(stream, framing, ports.setTimer);
  const { beginning, body, copy } = look;
  const isUsable = beginning.kind === "output" || beginning.kind === "error";
  if (body === null && !isUsable && call.model !== null) {
    if (beginning.kind === "broken") throw cutShort(call);
    if (!mayBeBlank(received)) throw heldNothing(call);
  }
  const { head, text } = cleaned(look.head, received.scrubber);
  const isError = beginning.kind === "error" && reportsErrors(call);
  const refusal = isError ? judgeEvent(call.provider, beginning.event, ports.nowMs()) : null;
  const verdict = refusal ?? (isPage(call, text) ? WEB_PAGE : OK);
  const handedOn = verdict !== OK || body === null || head !== look.head ? lookedAt(look) : null;
  return answerOf(
    received,
    handedOn === null ? { head, rest: body, copy } : { ...handedOn, head },
    verdict,
  );
}

/** Bytes without the key, and as text. */
function cleaned(bytes: Bytes, scrubber: KeyScrubber): { head: Bytes; text: string } {
  const text = decoder.decode(bytes);
  const head = scrubber.cleanBytes(bytes, text);
  return { head, text: head === bytes ? text : decoder.decode(head) };
}

/**
 * An error or a redirect packed in a way that can't be read here: its text may quote the key, and
 * says nothing about the cause.
 */
function withoutText({ provider }: ProxyCall, { response, atMs, scrubber }: Received): Received {
  const { body, status, statusText, headers } = response;
  void body?.cancel().catch(() => {});
  const readable = new Headers(headers);
  const encoding = readable.get("content-encoding") ?? "";
  for (const name of ["content-encoding", "content-length", "etag"]) readable.delete(name);
  readable.set("content-type", "application/json");
  const message = `${provider.label} answered with status ${status}, in an encoding (${encoding.slice(0, 40)}) that was not asked for and cannot be read.`;
  const said = Response.json({ error: { message } }, { status, statusText, headers: readable });
  return receivedOf(said, atMs, scrubber);
}

async function judgedError(call: ProxyCall, received: Received): Promise<Answer> {
  const { provider } = call;
  const readable = isReadable(received.headers) ? received : withoutText(call, received);
  const { response, headers, atMs, scrubber } = readable;
  const start =
    response.body === null
      ? unread(null)
      : scrubber.cleanStart(await fillHead(response.body, JUDGED_BYTES));
  const text = decoder.decode(start.head);
  const { status } = response;
  const verdict = judgeAnswer({ provider, status, headers, text, nowMs: atMs });
  return answerOf(readable, start, verdict);
}
