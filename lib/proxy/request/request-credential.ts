/**
 * Where a caller's credentials may be. None of them is sent upstream, see `outgoing-headers.ts`.
 * @module
 */
import type { Provider } from "../../providers/types";
import { CREDENTIAL_SUBPROTOCOLS } from "../../providers/withheld-fields";
import { queryParameter } from "../route/upstream-url";
import { splitProtocols } from "./web-socket-handshake";

/** Every header a vendor's SDK may put its key into. */
export const CREDENTIAL_HEADERS = [
  "authorization",
  "x-api-key",
  "x-goog-api-key",
  "api-key",
  "xi-api-key",
] as const;

/** Query parameters that carry a key: Google's, and those of WebSocket services. */
export const CREDENTIAL_QUERY = ["key", "api_key", "xi-api-key"] as const;

/**
 * The texts the caller sent as credentials, most usual place first. Schemes (`Bearer`, Deepgram's
 * `Token`, fal's `Key`) are left out.
 * @param provider The one asked, whose own key header counts too; undefined where it is not known.
 */
export function* requestCredentials(
  headers: Headers,
  url: URL,
  provider: Provider | undefined,
): Generator<string, void> {
  for (const name of CREDENTIAL_HEADERS) {
    const value = headers.get(name);
    if (value) yield name === "authorization" ? withoutScheme(value) : value.trim();
  }
  for (const name of provider?.withholds.credentials.headers ?? []) {
    if (isCommon(name)) continue;
    const value = headers.get(name);
    // A custom provider's prefix may be any; what stands behind the last blank is the token.
    if (value) yield value.trim().split(" ").at(-1) ?? "";
  }
  for (const name of CREDENTIAL_QUERY) {
    const value = queryParameter(url, name);
    if (value) yield value;
  }
  for (const protocol of splitProtocols(headers.get("sec-websocket-protocol"))) {
    const prefix = CREDENTIAL_SUBPROTOCOLS.find((candidate) => protocol.startsWith(candidate));
    if (prefix !== undefined) yield protocol.slice(prefix.length);
  }
}

function isCommon(name: string): boolean {
  return (CREDENTIAL_HEADERS as readonly string[]).includes(name);
}

function withoutScheme(authorization: string): string {
  return authorization.trim().replace(/^(?:bearer|token|key|api-key)\s+/i, "");
}
