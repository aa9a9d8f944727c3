/**
 * Which of an upstream's headers reach the client, and what prevents a response from acting as a page of ours.
 *
 * The portal and the proxy share an origin, so a response opened in a browser could act for both: clear the portal's
 * cookies, redirect, install a service worker, or run as one of its pages.
 * @module
 */
import { connectionHeaders, HOP_BY_HOP } from "../../http/hop-by-hop";
import type { HeaderFields } from "../../http/read-headers";
import type { KeyScrubber } from "./scrub-key";

/**
 * Headers of one connection; those by which a response controls the whole origin, the browser, or the page that contains
 * it; and those that only One Balance may set. Data about the response (limits, ids, caching, versions) is passed on.
 *
 * Sources: the specifications linked from MDN's reference of HTTP headers.
 */
const WITHHELD: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  // State and identity of the origin.
  "set-cookie",
  "set-cookie2",
  "set-login",
  "clear-site-data",
  "sec-session-registration",
  "secure-session-registration",
  "sec-session-challenge",
  "secure-session-challenge",
  "activate-storage-access",
  // Prompts for a name and a password in the origin's name.
  "www-authenticate",
  // What runs for the origin, or where the browser navigates next.
  "service-worker-allowed",
  "refresh",
  "speculation-rules",
  "supports-loading-mode",
  "origin-trial",
  "use-as-dictionary",
  "sourcemap",
  "x-sourcemap",
  // How to reach the origin.
  "alt-svc",
  "alt-used",
  "strict-transport-security",
  "public-key-pins",
  "public-key-pins-report-only",
  "expect-ct",
  // Where the browser reports what happens on the origin.
  "nel",
  "report-to",
  "reporting-endpoints",
  // Policies of pages. The response gets its own.
  "content-security-policy",
  "content-security-policy-report-only",
  "x-content-security-policy",
  "x-webkit-csp",
  "permissions-policy",
  "permissions-policy-report-only",
  "feature-policy",
  "document-policy",
  "document-policy-report-only",
  "require-document-policy",
  "integrity-policy",
  "integrity-policy-report-only",
  "referrer-policy",
  "x-frame-options",
  "x-xss-protection",
  "x-ua-compatible",
  "x-dns-prefetch-control",
  "x-permitted-cross-domain-policies",
  "x-download-options",
  "x-content-type-options",
  "cross-origin-embedder-policy",
  "cross-origin-embedder-policy-report-only",
  "cross-origin-opener-policy",
  "cross-origin-opener-policy-report-only",
  "cross-origin-resource-policy",
  "origin-agent-cluster",
  "timing-allow-origin",
  // What browsers should send to the origin from now on.
  "accept-ch",
  "accept-ch-lifetime",
  "critical-ch",
  "observe-browsing-topics",
  "ad-auction-allowed",
  "x-robots-tag",
]);

/** `access-control-*` decides who may call the proxy; only One Balance may set `x-one-balance-*`. */
const WITHHELD_PREFIX = /^(?:access-control-|x-one-balance-|attribution-reporting-)/;

/** Types that a browser shows as a document in which scripts run. */
const SCRIPTED_TYPE =
  /^\s*(?:text\/(?:html|xml|xsl)|application\/xml|[\w.+-]+\/[\w.+-]*\+xml|multipart\/)/i;

/** Destinations for which a response becomes a document (Fetch Standard, `Sec-Fetch-Dest`). */
const DOCUMENTS: ReadonlySet<string> = new Set([
  "document",
  "embed",
  "fencedframe",
  "frame",
  "iframe",
  "object",
]);

/** No scripts, forms, frames, pop-ups, nor the origin: for viewing only. */
const SANDBOX =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:";

/** Whether a header's value contains a byte that RFC 9110 forbids and strict clients refuse the response for. */
function isMalformed(values: string): boolean {
  for (let at = 0; at < values.length; at += 1) {
    const code = values.charCodeAt(at);
    if ((code < 0x20 && code !== TAB && code !== LINE_FEED) || code === DELETE) return true;
  }
  return false;
}

const TAB = 0x09;
const LINE_FEED = 0x0a;
const DELETE = 0x7f;

/**
 * Removes from a response's headers, in place, everything that must not reach the client, or that it couldn't parse,
 * and the key. A single pass: most responses need no more.
 * @param received Those of the upstream, from which they come.
 */
export function cleanAnswerHeaders(
  headers: Headers,
  received: HeaderFields,
  scrubber: KeyScrubber,
): void {
  let all = "";
  let names = "";
  const withheld = connectionHeaders(received);
  received.forEach((value, name) => {
    if (WITHHELD.has(name) || WITHHELD_PREFIX.test(name)) withheld.push(name);
    else {
      all += `${value}\n`;
      names += `${name}\n`;
    }
  });
  if (scrubber.isInName(names)) {
    received.forEach((_, name) => {
      if (scrubber.isInName(name)) withheld.push(name);
    });
  }
  if (isMalformed(all)) {
    received.forEach((value, name) => {
      if (isMalformed(value)) withheld.push(name);
    });
  }
  for (const name of withheld) headers.delete(name);
  if (scrubber.maybeIn(all)) scrubEach(headers, scrubber);
}

function scrubEach(headers: Headers, scrubber: KeyScrubber): void {
  const changed: (readonly [name: string, value: string])[] = [];
  headers.forEach((value, name) => {
    const cleaned = scrubber.cleanText(value);
    if (cleaned !== value) changed.push([name, cleaned]);
  });
  for (const [name, value] of changed) headers.set(name, value);
}

/** Prevents a response from being used as a page of ours, or as a script. */
export function disarmAnswer(request: HeaderFields, headers: Headers): void {
  headers.set("x-content-type-options", "nosniff");
  const type = headers.get("content-type");
  if (type === null || SCRIPTED_TYPE.test(type) || isNavigation(request)) {
    headers.set("content-security-policy", SANDBOX);
  }
}

/** Whether a browser is about to show the response as a document. */
function isNavigation(request: HeaderFields): boolean {
  if (request.get("sec-fetch-mode") === "navigate") return true;
  const destination = request.get("sec-fetch-dest");
  return destination !== null && DOCUMENTS.has(destination);
}
