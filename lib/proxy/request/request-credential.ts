/**
 * Where a caller's credentials may be, and whose they are. None of them is sent upstream; see `outgoing-headers.ts`.
 * @module
 */
import type { HeaderFields } from "../../http/read-headers";
import type { Provider } from "../../providers/types";
import { CREDENTIAL_SUBPROTOCOLS } from "../../providers/withheld-fields";
import type { AccessToken, KeepAlive, ProxyPorts } from "../ports";
import { ProxyError } from "../proxy-error";
import { queryParameter } from "../route/upstream-url";
import { splitProtocols } from "./web-socket-handshake";

/** Every header in which a vendor's SDK may send its key. */
export const CREDENTIAL_HEADERS = [
  "authorization",
  "x-api-key",
  "x-goog-api-key",
  "api-key",
  "xi-api-key",
] as const;

/** Query parameters that carry a key: Google's, and those of WebSocket services. */
export const CREDENTIAL_QUERY = ["key", "api_key", "xi-api-key"] as const;

/** The caller, and the text that identifies it. */
export interface Caller {
  readonly token: AccessToken;
  /** It must not be sent upstream. */
  readonly credential: string;
}

/**
 * The caller: the first credential that is one of our tokens and hasn't expired.
 * @param url The request's, parsed.
 * @param provider The provider called, whose own key header counts too; undefined if unknown.
 * @param keep Keeps a query of the store alive if this client leaves.
 * @throws {ProxyError} `invalid_access_token`.
 */
export async function identifyCaller(
  { headers }: { readonly headers: HeaderFields },
  url: URL,
  provider: Provider | undefined,
  { state, nowMs }: Pick<ProxyPorts, "state" | "nowMs">,
  keep?: KeepAlive,
): Promise<Caller> {
  let isAnonymous = true;
  for (const credential of requestCredentials(headers, url, provider)) {
    isAnonymous = false;
    const token = await state.findAccessToken(credential, keep);
    if (token === null) continue;
    if (token.expiresAtMs === null || token.expiresAtMs > nowMs()) return { token, credential };
    throw new ProxyError("invalid_access_token", "This access token has expired.");
  }
  throw new ProxyError(
    "invalid_access_token",
    isAnonymous
      ? "No access token was sent. Use it as the API key of your SDK, or as Authorization: Bearer."
      : "This access token is not known, or was revoked.",
  );
}

/**
 * The texts that the caller sent as credentials, most usual place first. Schemes (`Bearer`, Deepgram's `Token`, fal's
 * `Key`) are removed.
 * @param provider The provider called, whose own key header counts too; undefined if unknown.
 */
export function* requestCredentials(
  headers: HeaderFields,
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
    // A custom provider's prefix can be anything; the token follows the last space.
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
