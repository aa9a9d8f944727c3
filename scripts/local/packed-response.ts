/** `encodeBody` is workerd's: a response with `content-encoding` is already compressed, and it must not do it again. */
interface PackedInit extends ResponseInit {
  readonly encodeBody: "manual";
}

/** The same response with a compressed body. */
export function packedResponse(body: BodyInit | null, answer: Response): Response {
  const { status, statusText, headers } = answer;
  const init: PackedInit = { status, statusText, headers, encodeBody: "manual" };
  return new Response(body, init);
}
