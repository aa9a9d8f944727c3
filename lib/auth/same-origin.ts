/**
 * Whether a request that changes something was sent by a page of this very site: `Sec-Fetch-Site` where the
 * browser tells it, and always `Origin`, which every browser sends with a POST. A request with neither
 * comes from no page at all and is refused too.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 */
export function isSameOrigin(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin") return false;
  const origin = headers.get("origin");
  const host = headers.get("x-forwarded-host") ?? headers.get("host");
  return origin !== null && host !== null && URL.parse(origin)?.host === host;
}
