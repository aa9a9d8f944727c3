import { publicOrigin } from "./public-origin";

/**
 * Whether a request that changes something was sent by a page of this site: by `Sec-Fetch-Site` if the browser sends
 * it, and always by `Origin`, which every browser sends with a POST. A request with neither comes from no page at all
 * and is rejected too.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 */
export function isSameOrigin(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin") return false;
  const origin = URL.parse(headers.get("origin") ?? "");
  if (origin === null || origin.host === "") return false;
  const { host } = publicOrigin(headers);
  // A proxy that ends TLS may not say so: the scheme's default port is left out of both.
  return host !== null && URL.parse(`${origin.protocol}//${host}`)?.host === origin.host;
}
