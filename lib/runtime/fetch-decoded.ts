import { platform } from "./platform";

/**
 * `fetch` for hosts that return decoded bytes (Node, and Next's stream plumbing): removes the headers that describe the
 * encoded ones.
 * @param client The fetch is canceled when this client leaves.
 */
export async function fetchDecoded(
  url: string,
  init: RequestInit,
  client: Request,
): Promise<Response> {
  if (new Headers(init.headers).has("upgrade")) {
    return new Response("WebSockets need the Worker's own entry.", { status: 501 });
  }
  // Node requires `duplex` with a streamed body.
  const options: RequestInit & { duplex: "half" } = {
    ...init,
    signal: init.signal ? AbortSignal.any([init.signal, client.signal]) : client.signal,
    duplex: "half",
  };
  const response = await platform.fetch(url, options);
  if (!response.headers.has("content-encoding")) return response;
  const headers = new Headers(response.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
