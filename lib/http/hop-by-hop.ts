/**
 * Headers that belong to one connection and must not be passed on (RFC 9110 section 7.6.1).
 * @module
 */

/** The RFC's list, and `proxy-connection`, which old clients send although it never was standard. */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
] as const;

/** Removes the hop-by-hop headers, those that `Connection` names among them, in place. */
export function removeHopByHop(headers: Headers): void {
  const named = headers.get("connection");
  if (named !== null) {
    for (const part of named.split(",")) {
      const name = part.trim();
      // `Headers.delete` throws on what is no header name; such an option cannot name a header.
      if (/^[!#$%&'*+\-.^_`|~\w]+$/.test(name)) headers.delete(name);
    }
  }
  for (const name of HOP_BY_HOP) headers.delete(name);
}
