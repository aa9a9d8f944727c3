/**
 * The public address at which a browser sees the portal. Behind proxies, the outermost one decides: each appends its
 * own value to `X-Forwarded-Host` and `X-Forwarded-Proto`, so the first value of a list counts.
 * @module
 */

export interface PublicOrigin {
  readonly scheme: "http" | "https";
  /** With its port if it isn't the scheme's default; null if the request names none. */
  readonly host: string | null;
}

/** @param url The request's; null if unknown: then the scheme is http unless a header says otherwise. */
export function publicOrigin(headers: Headers, url: URL | null = null): PublicOrigin {
  const forwarded = firstOf(headers.get("x-forwarded-proto"))?.toLowerCase().replace(/:$/, "");
  const scheme = (forwarded ?? url?.protocol.slice(0, -1)) === "https" ? "https" : "http";
  const named = firstOf(headers.get("x-forwarded-host")) ?? headers.get("host") ?? url?.host;
  const host = named === undefined ? null : (URL.parse(`${scheme}://${named}`)?.host ?? null);
  return { scheme, host: host === null ? null : withPort(host, scheme, headers) };
}

/** Whether to restrict cookies to https. */
export function isHttps(headers: Headers): boolean {
  return publicOrigin(headers).scheme === "https";
}

/**
 * Proxies that pass on the name without its port (nginx's `$host`) leave it to other headers: the page's own `Origin`,
 * if the browser says that the page is of this origin, or the header in which the proxy names its port.
 */
function withPort(host: string, scheme: PublicOrigin["scheme"], headers: Headers): string {
  const origin = URL.parse(headers.get("origin") ?? "");
  const isPlain = URL.parse(`${scheme}://${host}`)?.hostname === host;
  if (!isPlain || origin === null || origin.port === "") return host;
  if (origin.hostname !== host || origin.protocol !== `${scheme}:`) return host;
  const isSaid =
    headers.get("sec-fetch-site") === "same-origin" ||
    firstOf(headers.get("x-forwarded-port")) === origin.port;
  return isSaid ? origin.host : host;
}

function firstOf(list: string | null): string | undefined {
  return list?.split(",", 1)[0]?.trim() || undefined;
}
