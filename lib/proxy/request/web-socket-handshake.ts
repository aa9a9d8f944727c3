/**
 * What a request says about the WebSocket that it opens (RFC 6455 section 4.1).
 * @module
 */
import type { HeaderFields } from "../../http/read-headers";

export function isWebSocket({ method, headers }: Request): boolean {
  return method === "GET" && headers.get("upgrade")?.toLowerCase() === "websocket";
}

/** The subprotocols that a WebSocket client offers, in order. */
export function splitProtocols(header: string | null): string[] {
  return (header ?? "")
    .split(",")
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol !== "");
}

/**
 * The subprotocol to name in the 101: the upstream's choice if the client offered it. A browser that offered some fails
 * the connection if none is chosen, so its own first offer is the fallback (at worst its own access token, never a pool
 * key).
 */
export function chosenProtocol(request: HeaderFields, answer: HeaderFields): string | null {
  const offered = splitProtocols(request.get("sec-websocket-protocol"));
  const chosen = answer.get("sec-websocket-protocol");
  if (chosen !== null && offered.includes(chosen)) return chosen;
  return offered[0] ?? null;
}
