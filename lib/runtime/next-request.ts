import { publicOrigin } from "../auth/public-origin";

/** Carries path and query of a request to the pages, which Next does not tell them. */
export const PATH_HEADER = "x-one-balance-path";

/**
 * The request for Next, which finds its address in `PATH_HEADER`, whatever the client wrote there, and where a
 * browser sees it in `X-Forwarded-Host` and `X-Forwarded-Proto`: one value each, whatever proxies left. Next and
 * Auth.js take whole lists for a host.
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
    // OpenNext writes it again from this one.
    headers.set("host", host);
  }
  return new Request(request, { headers });
}
