/**
 * Which requests are the proxy's. It does not ask where they come from, and the local server leaves them as they are.
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

/** @param target as a request line has it: not yet parsed as a URL */
export function isProxiedTarget(target: string): boolean {
  return PROXIED_TARGET.test(target) && !STEPS.test(target);
}

/** @param url as `Request.url` has it */
export function isProxiedUrl(url: string): boolean {
  return PROXIED_URL.test(url);
}
