import { publicOrigin } from "../auth/public-origin";

/** Carries a request's path and query to the pages, because Next doesn't provide them. */
export const PATH_HEADER = "x-one-balance-path";

/**
 * The request for Next, with its address in `PATH_HEADER`, whatever the client wrote there, and the public address in
 * `X-Forwarded-Host` and `X-Forwarded-Proto`: one value each, because Next and Auth.js would use a proxy's whole list
 * as a host.
 */
export function nextRequest(request: Request, url: URL): Request {
  const { pathname, searchParams } = url;
  const headers = new Headers(request.headers);
  const query = new URLSearchParams(searchParams);
  // Next's own mark of a page fetched by its router.
  query.delete("_rsc");
  headers.set(PATH_HEADER, query.size === 0 ? pathname : `${pathname}?${query}`);
  const { scheme, host } = publicOrigin(headers, url);
  headers.set("x-forwarded-proto", scheme);
  if (host === null) headers.delete("x-forwarded-host");
  else {
    headers.set("x-forwarded-host", host);
    // OpenNext sets it again from this one.
    headers.set("host", host);
  }
  return new Request(request, { headers });
}
