/**
 * Under which address a browser sees the portal. Behind proxies it is what the outermost says: each appends its
 * own word to `X-Forwarded-Host` and `X-Forwarded-Proto`, so the first value of a list counts.
 * @module
 */

export interface PublicOrigin {
  readonly scheme: "http" | "https";
  /** With its port where that is not the scheme's own; null where the request names none. */
  readonly host: string | null;
}

/** @param url The request's; null where it is not known: then the scheme is http unless a header says otherwise. */
export function publicOrigin(headers: Headers, url: URL | null = null): PublicOrigin {
  const told = firstOf(headers.get("x-forwarded-proto"))?.toLowerCase().replace(/:$/, "");
  const scheme = (told ?? url?.protocol.slice(0, -1)) === "https" ? "https" : "http";
  const named = firstOf(headers.get("x-forwarded-host")) ?? headers.get("host") ?? url?.host;
  const host = named === undefined ? null : (URL.parse(`${scheme}://${named}`)?.host ?? null);
  return { scheme, host: host === null ? null : withPort(host, scheme, headers) };
}

/** Whether cookies are to be kept to https. */
export function isHttps(headers: Headers): boolean {
  return publicOrigin(headers).scheme === "https";
}

/**
 * Proxies that hand on the name without its port (nginx's `$host`) leave it to be found elsewhere: in the page's
 * own `Origin`, where the browser says that the page is of this very origin, or where the proxy names its port.
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
