/**
 * Where a request comes from, by its connection and the headers of trusted proxies. A proxy appends what it saw to the
 * right end of these lists, so they are read from there, as long as the writer of an entry is trusted: what a client
 * writes itself is further left and is never reached.
 * @see https://www.rfc-editor.org/rfc/rfc7239
 * @see https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/X-Forwarded-For#selecting_an_ip_address
 * @module
 */
import { parseForwarded } from "./forwarded-header.ts";
import { parseAddress } from "./ip-address.ts";
import type { Trust } from "./trusted-proxies.ts";

export interface RequestOrigin {
  /**
   * The client's; null if only proxies are known. A proxy's own address is shared by everyone: a lockout counted by it
   * would lock out all.
   */
  readonly address: string | null;
  /** These are null if no trusted proxy reports them. */
  readonly scheme: "http" | "https" | null;
  readonly host: string | null;
  readonly port: string | null;
}

/** All values of a header, in order, joined by commas; null if missing. */
export type HeaderOf = (name: string) => string | null;

const HOST = /^[\w.-]{1,253}(?::\d{1,5})?$|^\[[\da-f:.]{2,45}\](?::\d{1,5})?$/i;

/** @param peer of the connection, as returned by `parseAddress` */
export function requestOrigin(peer: string, header: HeaderOf, trust: Trust): RequestOrigin {
  if (!trust.proxies.has(peer)) return { address: peer, scheme: null, host: null, port: null };
  return trust.kind === "forwarded"
    ? byForwarded(peer, header, trust)
    : byXForwarded(peer, header, trust);
}

function byXForwarded(peer: string, header: HeaderOf, trust: Trust): RequestOrigin {
  const forwarded = listOf(header("x-forwarded-for"));
  const { address, hops } = walk(peer, forwarded, trust);
  // If each proxy appends, the outermost trusted one wrote the entry that is as many places from the right as there are
  // proxies. If they pass on or replace a single value, that is it. Without addresses, the number of proxies is
  // unknown.
  const outermost = (name: string) => {
    const values = listOf(header(name));
    return forwarded.length === 0 ? values[0] : values[Math.max(0, values.length - hops)];
  };
  return {
    address,
    scheme: schemeOf(outermost("x-forwarded-proto")),
    host: hostOf(outermost("x-forwarded-host")),
    port: portOf(outermost("x-forwarded-port")),
  };
}

function byForwarded(peer: string, header: HeaderOf, trust: Trust): RequestOrigin {
  const elements = parseForwarded(header("forwarded") ?? "");
  const forwarded = elements.map((element) => element.get("for") ?? "");
  const { address, hops } = walk(peer, forwarded, trust);
  const element = elements.at(-hops);
  return {
    address,
    scheme: schemeOf(element?.get("proto")),
    host: hostOf(element?.get("host")),
    port: null,
  };
}

/**
 * From the right, as far as trusted proxies wrote.
 * @returns the outermost known address unless it is a proxy's, and the number of trusted proxies in between: at least
 * the peer, at most the number of entries
 */
function walk(peer: string, forwarded: readonly string[], trust: Trust) {
  let address = peer;
  let hops = 0;
  while (hops < forwarded.length && trust.proxies.has(address)) {
    hops += 1;
    const next = parseAddress(forwarded[forwarded.length - hops] ?? "");
    if (next === null) break;
    address = next;
  }
  return { address: trust.proxies.has(address) ? null : address, hops: Math.max(1, hops) };
}

function listOf(text: string | null): string[] {
  if (text === null) return [];
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function schemeOf(text: string | undefined): RequestOrigin["scheme"] {
  const scheme = text?.toLowerCase();
  return scheme === "https" || scheme === "http" ? scheme : null;
}

function hostOf(text: string | undefined): string | null {
  return text !== undefined && HOST.test(text) ? text : null;
}

function portOf(text: string | undefined): string | null {
  return text !== undefined && /^\d{1,5}$/.test(text) ? text : null;
}
