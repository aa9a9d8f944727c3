/**
 * Lets apps that run in a browser call the proxy from another site (Fetch Standard, CORS protocol). Every site may: the
 * access token alone identifies the caller, and the portal's cookie is ignored here.
 * @module
 */

/** In seconds. Chromium caches a preflight response no longer than this. */
const MAX_AGE_S = 7200;

/** A browser's preflight request; it carries no token. */
export function isPreflight({ method, headers }: Request): boolean {
  return method === "OPTIONS" && headers.has("access-control-request-method");
}

export function preflightAnswer({ headers }: Request): Response {
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
      // Not `*`, which doesn't include `authorization`.
      "access-control-allow-headers": headers.get("access-control-request-headers") ?? "*",
      "access-control-max-age": String(MAX_AGE_S),
      vary: "access-control-request-headers",
    },
  });
}

/** Lets the page read the response. The upstream's own CORS headers are about the proxy, which sent no origin. */
export function letPageRead({ headers, status }: Response): void {
  if (status === 101) return;
  headers.set("access-control-allow-origin", "*");
  headers.set("access-control-expose-headers", "*");
  headers.delete("access-control-allow-credentials");
}
