/**
 * Which of an upstream's headers reach the client, and what keeps an answer from acting as a page of ours.
 *
 * The portal and the proxy share an origin, so an answer opened in a browser could act for both: clear the
 * portal's cookies, redirect, install a service worker, or run as one of its pages.
 * @module
 */
import type { KeyScrubber } from "./scrub-key";

/**
 * Headers by which an answer decides over the whole origin, over the browser, or over the page it stands in;
 * and those that only One Balance may set. What is data about the answer (limits, ids, caching, versions)
 * is not among them.
 *
 * Sources: the specifications that MDN's reference of HTTP headers links to, each by its name.
 */
const WITHHELD: ReadonlySet<string> = new Set([
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
  // Asks for a name and a password in the origin's name.
  "www-authenticate",
  // What runs for the origin, or where the browser goes next.
  "service-worker-allowed",
  "refresh",
  "speculation-rules",
  "supports-loading-mode",
  "origin-trial",
  "use-as-dictionary",
  "sourcemap",
  "x-sourcemap",
  // How the origin is to be reached.
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
  // Policies of pages. The answer gets its own.
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
  // What browsers shall tell the origin from now on.
  "accept-ch",
  "accept-ch-lifetime",
  "critical-ch",
  "observe-browsing-topics",
  "ad-auction-allowed",
  "x-robots-tag",
]);

/** `access-control-*` speaks of who may call the proxy, `x-one-balance-*` is said by nobody else. */
const WITHHELD_PREFIX = /^(?:access-control-|x-one-balance-|attribution-reporting-)/;

/** Types a browser shows as a document in which scripts run. */
const SCRIPTED_TYPE =
  /^\s*(?:text\/(?:html|xml|xsl)|application\/xml|[\w.+-]+\/[\w.+-]*\+xml|multipart\/)/i;

/** Destinations in which an answer becomes a document (Fetch Standard, `Sec-Fetch-Dest`). */
const DOCUMENTS: ReadonlySet<string> = new Set([
  "document",
  "embed",
  "fencedframe",
  "frame",
  "iframe",
  "object",
]);

/** No scripts, forms, frames of its own, pop-ups, nor the origin: only to be looked at. */
const SANDBOX =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:";

/**
 * Leaves of an upstream's headers, in place, what may reach the client, without the key.
 * One look at all of them: most answers need no more.
 */
export function cleanAnswerHeaders(headers: Headers, scrubber: KeyScrubber): void {
  let all = "";
  const withheld: string[] = [];
  headers.forEach((value, name) => {
    if (WITHHELD.has(name) || WITHHELD_PREFIX.test(name)) withheld.push(name);
    else all += `${value}\n`;
  });
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

/** Keeps an answer from being taken for a page of ours, or for a script. */
export function disarmAnswer(request: Headers, headers: Headers): void {
  headers.set("x-content-type-options", "nosniff");
  const type = headers.get("content-type");
  if (type === null || SCRIPTED_TYPE.test(type) || isNavigation(request)) {
    headers.set("content-security-policy", SANDBOX);
  }
}

/** Whether a browser is about to show the answer as a document. */
function isNavigation(request: Headers): boolean {
  if (request.get("sec-fetch-mode") === "navigate") return true;
  const destination = request.get("sec-fetch-dest");
  return destination !== null && DOCUMENTS.has(destination);
}
