/**
 * Headers that keep a page from running, framing or sending anything that isn't its own.
 * @module
 */

/** On the request passed to the page's renderer: the nonce of this response's scripts. */
export const NONCE_HEADER = "x-nonce";

/**
 * The style sheet that sonner 2.0.8 adds to the page itself, without a nonce: an element that is empty at first.
 * `page-security.test.ts` computes both hashes, the second from the installed package.
 */
const TOAST_STYLES =
  "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-StEaX+se6YS7pqjzrzMIA0KaX9zF/8zAhvQXZAe5epY='";

/** 128 bits, base64, new for each response. */
export function newNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}

/**
 * `strict-dynamic`: scripts with the nonce may load others, whatever their address, and nothing else runs; the paths of
 * this origin aren't allowlisted, because below `/api/` they return upstreams' content. Style attributes stay allowed:
 * widths of bars and positions of menus are set through them, and server rendering puts them into the HTML; without a
 * style element or script, an attribute can neither load nor read anything that `img-src` and `connect-src` don't
 * allow.
 */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'self'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}' ${TOAST_STYLES}`,
    "style-src-attr 'unsafe-inline'",
    // Pictures of members who came through GitHub or Google.
    "img-src 'self' data: https://avatars.githubusercontent.com https://lh3.googleusercontent.com",
    "font-src 'self'",
    "connect-src 'self'",
    // A browser applies this also to a form's redirect target: signing in leads to these.
    "form-action 'self' https://github.com https://accounts.google.com",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** The request as the page's renderer gets it: it reads the nonce from the policy. */
export function withNonce(request: Request, nonce: string): Request {
  const headers = new Headers(request.headers);
  headers.set(NONCE_HEADER, nonce);
  headers.set("content-security-policy", contentSecurityPolicy(nonce));
  return new Request(request, { headers });
}

/** The page with its headers. @param isHttps whether the browser uses https */
export function securePage(response: Response, nonce: string, isHttps: boolean): Response {
  const secured = new Response(response.body, response);
  const { headers } = secured;
  headers.set("content-security-policy", contentSecurityPolicy(nonce));
  headers.set("x-frame-options", "DENY");
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "strict-origin-when-cross-origin");
  headers.set("cross-origin-opener-policy", "same-origin");
  headers.set(
    "permissions-policy",
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
  );
  if (isHttps) headers.set("strict-transport-security", "max-age=31536000");
  return secured;
}

/** A response that isn't a page, protected from being interpreted as one. */
export function withoutSniffing(response: Response): Response {
  const secured = new Response(response.body, response);
  secured.headers.set("x-content-type-options", "nosniff");
  return secured;
}
