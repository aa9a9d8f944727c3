/**
 * Which requests are for the proxy. It doesn't use their origin, and the local server leaves them unchanged.
 * @module
 */
import { OWN_SEGMENTS, ROOT_DOORS } from "../../lib/providers/own-segments.ts";

const own = [...OWN_SEGMENTS].map((segment) => segment.replaceAll(".", "\\.")).join("|");
const END = "(?=[/?#]|$)";
const PROXIED = `\\/+(?:api${END}(?!\\/+(?:${own})${END})|${ROOT_DOORS.replace("(?=/|$)", END)})`;
const PROXIED_TARGET = new RegExp(`^${PROXIED}`);
const PROXIED_URL = new RegExp(`^https?:\\/\\/[^/]+${PROXIED}`);
/** Segments of dots, which URL parsing may resolve to another path. */
const STEPS = /\/\.|%2e|\\/i;

/** @param target as in a request line: not yet parsed as a URL */
export function isProxiedTarget(target: string): boolean {
  return PROXIED_TARGET.test(target) && !STEPS.test(target);
}

/** @param url as in `Request.url` */
export function isProxiedUrl(url: string): boolean {
  return PROXIED_URL.test(url);
}
