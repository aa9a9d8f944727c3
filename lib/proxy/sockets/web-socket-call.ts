/**
 * WebSocket pass-through: the handshake is an ordinary request to which the upstream responds with 101.
 * @module
 */
import type { Provider } from "../../providers/types";
import { ProxyError } from "../proxy-error";
import type { RequestScope } from "../request-scope";
import { outgoingHeaders, outgoingQuery, outgoingSubprotocols } from "../route/outgoing-headers";
import type { ProxyCall } from "../route/proxy-call";
import { gatewayFor } from "../route/upstream-url";

/** @throws {ProxyError} `websocket_unsupported` if the provider has no such service. */
export function webSocketCall(
  request: Request,
  provider: Provider,
  path: string,
  search: string,
  model: string | null,
  scope: RequestScope,
): ProxyCall {
  const plan = provider.webSocket;
  if (plan === null) {
    throw new ProxyError("websocket_unsupported", `${provider.label} has no WebSocket service.`);
  }
  const gatewayUrl = gatewayFor(provider, scope);
  const route = gatewayUrl === null ? "direct" : "gateway";
  const { credential } = scope;
  const protocols = outgoingSubprotocols(request.headers, credential);
  return {
    provider,
    route,
    model,
    method: "GET",
    path,
    url: plan.upstreamUrl(path, gatewayUrl) + outgoingQuery(search, credential),
    headers: () => {
      const headers = outgoingHeaders(request.headers, route, credential);
      headers.set("upgrade", "websocket");
      if (protocols.length > 0) headers.set("sec-websocket-protocol", protocols.join(", "));
      return headers;
    },
    body: { kind: "none" },
    isWebSocket: true,
    preferredKeyId: null,
    placeKey: plan.placeKey,
  };
}
