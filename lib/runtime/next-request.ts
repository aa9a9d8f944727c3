/** Carries path and query of a request to the pages, which Next does not tell them. */
export const PATH_HEADER = "x-one-balance-path";

/** The request for Next, which finds its address in `PATH_HEADER`, whatever the client wrote there. */
export function nextRequest(request: Request, { pathname, searchParams }: URL): Request {
  const headers = new Headers(request.headers);
  const query = new URLSearchParams(searchParams);
  // Next's own mark of a page fetched by its router.
  query.delete("_rsc");
  headers.set(PATH_HEADER, query.size === 0 ? pathname : `${pathname}?${query}`);
  return new Request(request, { headers });
}
