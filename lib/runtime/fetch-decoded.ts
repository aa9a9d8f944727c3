/**
 * `fetch` for hosts that hand out decoded bytes (Node, and Next's stream plumbing): the headers that
 * describe the encoded ones go.
 */
export async function fetchDecoded(request: Request): Promise<Response> {
  if (request.headers.get("upgrade") !== null) {
    return new Response("WebSockets need the Worker's own entry.", { status: 501 });
  }
  const response = await fetch(request);
  if (!response.headers.has("content-encoding")) return response;
  const headers = new Headers(response.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
