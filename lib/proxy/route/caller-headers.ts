/**
 * Headers that identify or locate the client, and headers that only browsers and intermediate proxies add.
 * @module
 */

/** Headers that browsers send by themselves, and those that name the calling page or site. */
export const BROWSER_HEADERS = [
  ...["cookie", "cookie2", "origin", "referer", "referrer", "http-referer", "from"],
  // Fetch metadata, client hints, Global Privacy Control.
  ...["dnt", "save-data", "device-memory", "dpr", "downlink", "ect", "rtt", "viewport-width"],
  ...["width", "priority", "purpose", "x-purpose", "x-moz", "x-requested-with"],
  ...["service-worker", "service-worker-navigation-preload", "upgrade-insecure-requests"],
  ...["access-control-request-headers", "access-control-request-method", "x-client-data"],
] as const;

/** Where a client is located, whatever proxy wrote it; and what rewrites a request for a server behind a proxy. */
export const ADDRESS_HEADERS = [
  ...["forwarded", "via", "cdn-loop", "client-ip", "x-client-ip", "x-real-ip", "x-remote-addr"],
  ...["true-client-ip", "fastly-client-ip", "fly-client-ip", "x-cluster-client-ip"],
  ...["x-azure-clientip", "x-azure-socketip", "x-original-forwarded-for", "x-host"],
  ...["x-http-host-override", "x-http-method", "x-http-method-override", "x-method-override"],
] as const;

/** Prefixes of names: browsers' fetch metadata and sockets, proxies, sign-in services. */
export const CALLER_PREFIXES = [
  ...["sec-", "cf-", "x-forwarded", "x-original-", "x-rewrite-", "x-real-", "x-remote-", "remote-"],
  ...["x-azure-", "x-arr-", "x-envoy-", "x-vercel-", "x-nf-", "x-appengine-", "x-amz-cf-"],
  ...["x-amzn-oidc-", "cloudfront-", "fastly-", "fly-", "akamai-", "x-akamai-", "do-connecting-"],
  ...["true-client-", "wl-proxy-", "proxy-", "x-proxy", "x-ms-client-principal", "x-goog-iap-"],
  ...["x-goog-authenticated-user", "x-auth-request-", "x-authenticated-"],
] as const;

/** In any name, as a word or run together: `x-visitor-ip`, `x-clientip`, `x-geo-city`. */
const ADDRESS_WORD =
  /(?:^|[-_])(?:ip|ips|ipaddress|addr|address|geo|geoip|country|city|latitude|longitude)(?:[-_]|$)|(?:client|remote|real|user|source|socket|peer|originating|connecting)-?_?(?:ip|addr)|forwarded-?_?for|referr?er/;

const NAMES: ReadonlySet<string> = new Set([...BROWSER_HEADERS, ...ADDRESS_HEADERS]);

/** @param name Header name, lower case. */
export function isCallerHeader(name: string): boolean {
  return (
    NAMES.has(name) ||
    CALLER_PREFIXES.some((prefix) => name.startsWith(prefix)) ||
    ADDRESS_WORD.test(name)
  );
}
