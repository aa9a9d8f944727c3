/**
 * Which parts of a client's request are sent upstream, for HTTP and WebSockets: headers, query parameters,
 * subprotocols. The names are data: `lib/providers/withheld-fields.ts`, `lib/providers/gateway-settings.ts` and
 * `caller-headers.ts`; docs/security.md lists them.
 * @module
 */

import { connectionHeaders, HOP_BY_HOP } from "../../http/hop-by-hop";
import type { HeaderFields } from "../../http/read-headers";
import { mayCallerSet } from "../../providers/gateway-settings";
import type { Route } from "../../providers/types";
import {
  isWithheldHeader,
  isWithheldParameter,
  isWithheldSubprotocol,
} from "../../providers/withheld-fields";
import { ProxyError } from "../proxy-error";
import { carriesToken } from "../request/carries-token";
import { CREDENTIAL_HEADERS, CREDENTIAL_QUERY } from "../request/request-credential";
import { splitProtocols } from "../request/web-socket-handshake";
import { isCallerHeader } from "./caller-headers";

/** Headers about this hop, or that `fetch` sets again for the body that is actually sent. */
const OF_THIS_HOP: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  ...CREDENTIAL_HEADERS,
  "host",
  "content-length",
  "expect",
  // About the body as the client compressed it: it is sent decompressed, possibly with another model name.
  "content-encoding",
  "content-md5",
  "digest",
  "content-digest",
  "repr-digest",
]);

/** With more headers, a request is rejected: Cloudflare's edge accepts 128 KB of headers, most servers far less. */
const MAX_HEADERS = 128;
const MAX_HEADER_CHARS = 64 * 1024;

/** `gateway`: a setting for AI Gateway, which no other server understands. */
type Passage = "travels" | "stays" | "gateway" | "encodings";

/** Clients send the same few names, so each is classified once. */
const passages = new Map<string, Passage>();
const MAX_PASSAGES = 2000;

function passageOf(name: string): Passage {
  let passage = passages.get(name);
  if (passage === undefined) {
    passage = judge(name);
    if (passages.size >= MAX_PASSAGES) passages.clear();
    passages.set(name, passage);
  }
  return passage;
}

function judge(name: string): Passage {
  if (name === "accept-encoding") return "encodings";
  if (name.startsWith("cf-aig-")) return mayCallerSet(name) ? "gateway" : "stays";
  const stays =
    OF_THIS_HOP.has(name) ||
    name.startsWith("x-one-balance-") ||
    isCallerHeader(name) ||
    isWithheldHeader(name);
  return stays ? "stays" : "travels";
}

/**
 * The client's headers that may be sent upstream.
 * @param token The caller's: a header that contains it again is withheld too.
 * @throws {ProxyError} `headers_too_large`.
 */
export function outgoingHeaders(incoming: HeaderFields, route: Route, token: string): Headers {
  const outgoing = new Headers();
  let count = 0;
  let chars = 0;
  incoming.forEach((value, name) => {
    count += 1;
    chars += name.length + value.length;
    const passage = passageOf(name);
    if (passage === "stays" || (passage === "gateway" && route !== "gateway")) return;
    if (passage === "encodings") outgoing.set(name, readableEncodings(value));
    else if (!carriesToken(value, token)) outgoing.append(name, value);
  });
  if (count > MAX_HEADERS || chars > MAX_HEADER_CHARS) throw tooManyHeaders();
  for (const name of connectionHeaders(incoming)) outgoing.delete(name);
  const userAgent = outgoing.get("user-agent");
  // A browser's is as good as a fingerprint; and Cloudflare's browser integrity check rejects requests without one
  // (error 1010).
  if (userAgent === null || userAgent.startsWith("Mozilla/")) {
    outgoing.set("user-agent", "one-balance");
  }
  return outgoing;
}

/**
 * A query with its `?`, without what may not be sent; empty if nothing is left. The rest keeps its bytes.
 * @param search As in `URL.search`.
 * @param own Parameters meant for this proxy.
 */
export function outgoingQuery(search: string, token: string, own: readonly string[] = []): string {
  if (search === "") return "";
  const kept = search
    .slice(1)
    .split("&")
    .filter((pair) => pair !== "" && mayPairTravel(pair, token, own));
  return kept.length === 0 ? "" : `?${kept.join("&")}`;
}

function mayPairTravel(pair: string, token: string, own: readonly string[]): boolean {
  if (carriesToken(pair, token)) return false;
  // Some servers split at semicolons too.
  return pair.split(";").every((part) => {
    for (const name of new URLSearchParams(part).keys()) {
      if (CREDENTIAL_NAMES.has(name) || own.includes(name) || isWithheldParameter(name))
        return false;
    }
    return true;
  });
}

const CREDENTIAL_NAMES: ReadonlySet<string> = new Set(CREDENTIAL_QUERY);

/** The subprotocols that a WebSocket client offers, without those that carry a credential or choose an account. */
export function outgoingSubprotocols(incoming: HeaderFields, token: string): string[] {
  return splitProtocols(incoming.get("sec-websocket-protocol")).filter(
    (protocol) => !isWithheldSubprotocol(protocol) && !carriesToken(protocol, token),
  );
}

/** Response encodings that workerd's `fetch` decompresses: in any other, errors and usage couldn't be read. */
const READABLE: ReadonlySet<string> = new Set(["gzip", "br", "identity"]);

/** An `Accept-Encoding` (RFC 9110 section 12.5.3) without the codings that can't be read here. */
function readableEncodings(accepted: string): string {
  const kept = accepted
    .slice(0, MAX_ENCODINGS_CHARS)
    .split(",")
    .map((part) => part.trim())
    .filter((part) => READABLE.has((part.split(";")[0] ?? "").trim().toLowerCase()));
  return kept.length === 0 ? "identity" : kept.join(", ");
}

const MAX_ENCODINGS_CHARS = 256;

function tooManyHeaders(): ProxyError {
  return new ProxyError(
    "headers_too_large",
    `A request may have ${MAX_HEADERS} headers of ${MAX_HEADER_CHARS / 1024} KiB together.`,
  );
}
