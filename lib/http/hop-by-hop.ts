/**
 * Headers that belong to one connection and must not be forwarded (RFC 9110 section 7.6.1).
 * @module
 */
import type { HeaderFields } from "./read-headers";

/** The RFC's list, and `proxy-connection`, which old clients send although it was never standardized. */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** The headers that `Connection` declares as hop-by-hop, besides the usual ones. */
export function connectionHeaders(headers: HeaderFields): string[] {
  const named = headers.get("connection");
  if (named === null || named === "keep-alive" || named === "close") return [];
  return (
    named
      .toLowerCase()
      .split(",")
      .map((part) => part.trim())
      // `Headers.delete` throws for an invalid header name; such an option can't name a header.
      .filter((name) => /^[!#$%&'*+\-.^_`|~\w]+$/.test(name) && !HOP_BY_HOP.has(name))
  );
}
