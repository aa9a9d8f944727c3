import { conversionName } from "../../conversion/conversion";
import { isNullBodyStatus } from "../../http/null-body-status";
import type { HeaderFields } from "../../http/read-headers";
import type { RouteTarget } from "../../models/model-alias";
import type { PoolKey } from "../../pool/types";
import type { AccessToken, KeepAlive } from "../ports";
import type { LimitSource } from "../proxy-error";
import type { RequestFacts } from "../request/request-facts";
import { chosenProtocol } from "../request/web-socket-handshake";
import type { RequestScope } from "../request-scope";
import type { ProxyCall } from "../route/proxy-call";
import { redirectThroughProxy, redirectUpload } from "../route/upload-url";
import type { Answer, Served } from "../serve/served";
import { runSocketSession } from "../sockets/socket-session";
import { cleanAnswerHeaders, disarmAnswer } from "./answer-headers";
import { convertedResponse } from "./converted-answer";
import { isUnread, meteredBody } from "./metered-body";
import { RESPONSE_HEADERS } from "./response-headers";

/**
 * The upstream's response for the client: status, bytes and headers unchanged, except hop-by-hop headers. A WebSocket
 * is connected to the client's and read as it passes.
 * @param facts Of the request.
 * @param waitUntil Keeps work alive after the response.
 */
export function deliver(
  served: Served,
  { path, token, url }: Pick<RequestFacts, "path" | "token" | "url">,
  scope: RequestScope,
  waitUntil: KeepAlive,
): Response {
  const { requestId, attempts, config, ports } = scope;
  const { answer, call, key, target } = served;
  const { response, headers: received, verdict, scrubber } = answer;
  ports.state.record({ kind: "token-used", tokenId: token.id, atMs: ports.nowMs() });
  const { status, webSocket: upstream } = response;
  const { conversion } = call;
  // A converted response is read in the format of the upstream's request.
  const readAs = conversion === undefined ? path : call.path;
  const body = upstream ? null : meteredBody(served, readAs, scope, waitUntil);
  const answered = upstream
    ? coupled(upstream, response.headers, token, key, call, scope)
    : new Response(isBodiless(status, call) ? null : body, cleanHead(answer));
  const delivered =
    conversion === undefined
      ? answered
      : convertedResponse(body, answered, conversion, ports.streamPlace, waitUntil);
  const { headers } = delivered;
  cleanAnswerHeaders(headers, received, scrubber);
  if (isUnread(answer)) {
    // Compressed again, it has another length.
    if (body !== response.body && headers.has("content-encoding")) headers.delete("content-length");
  } else {
    // Its length is set again: the platform compresses it again, and an error may have become shorter.
    if (body instanceof Uint8Array || status >= 300 || headers.has("content-encoding")) {
      headers.delete("content-length");
    }
  }
  headers.set(RESPONSE_HEADERS.requestId, requestId);
  headers.set(RESPONSE_HEADERS.attempts, String(attempts));
  const source = limitSource(verdict.meaning);
  if (source !== null) headers.set(RESPONSE_HEADERS.limitSource, source);
  if (conversion !== undefined) headers.set(RESPONSE_HEADERS.converted, conversionName(conversion));
  const dropped =
    conversion === undefined ? served.dropped : [...conversion.dropped, ...served.dropped];
  if (dropped.length > 0) headers.set(RESPONSE_HEADERS.dropped, dropped.join(", "));
  if (url.pathname.includes("/upload/")) redirectUpload(headers, call.provider, key, config, url);
  if (status >= 300 && status < 400) {
    redirectThroughProxy(headers, call.provider, config, url);
  }
  if (call.isWebSocket) setProtocol(headers, scope.headers, response);
  if (!upstream) disarmAnswer(scope.headers, headers);
  if (target !== undefined) headers.set(RESPONSE_HEADERS.target, encodeTarget(target));
  if (token.showsKey) headers.set(RESPONSE_HEADERS.key, encodeURIComponent(key.masked));
  return delivered;
}

function encodeTarget({ provider, model }: RouteTarget): string {
  return `${provider}/${encodeURI(model)}`;
}

/** Applies also if the body is converted first. */
function isBodiless(status: number, { conversion }: ProxyCall): boolean {
  return conversion !== undefined || isNullBodyStatus(status);
}

function coupled(
  upstream: WebSocket,
  headers: Headers,
  token: AccessToken,
  key: PoolKey,
  call: ProxyCall,
  scope: RequestScope,
): Response {
  const { 0: webSocket, 1: client } = new WebSocketPair();
  runSocketSession(client, upstream, token, key, call, scope);
  return new Response(null, { status: 101, webSocket, headers });
}

/** Status, status text and headers as received, without the key, which could appear even in the status text. */
function cleanHead({ response, scrubber }: Answer): ResponseInit {
  const statusText = scrubber.cleanText(response.statusText);
  if (statusText === response.statusText) return response;
  const { status, headers } = response;
  return { status, statusText, headers };
}

function setProtocol(headers: Headers, asked: HeaderFields, response: Response): void {
  const protocol = chosenProtocol(asked, response.headers);
  if (protocol === null) headers.delete("sec-websocket-protocol");
  else headers.set("sec-websocket-protocol", protocol);
}

function limitSource(meaning: Answer["verdict"]["meaning"]): LimitSource | null {
  if (meaning === "gateway_limit") return "gateway";
  const isLimit =
    meaning === "rate_limit_minute" || meaning === "rate_limit_day" || meaning === "out_of_credit";
  return isLimit ? "upstream" : null;
}
