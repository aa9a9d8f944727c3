import { platform } from "./platform";

/**
 * `fetch` for hosts that hand out decoded bytes (Node, and Next's stream plumbing): the headers that
 * describe the encoded ones go.
 */
export async function fetchDecoded(url: string, init: RequestInit): Promise<Response> {
  if (new Headers(init.headers).has("upgrade")) {
    return new Response("WebSockets need the Worker's own entry.", { status: 501 });
  }
  const response = await platform.fetch(url, init);
  if (!response.headers.has("content-encoding")) return response;
  const headers = new Headers(response.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
