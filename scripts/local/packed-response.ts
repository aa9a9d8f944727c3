/** `encodeBody` is workerd's: what has a `content-encoding` is packed already, and not to be packed by it. */
interface PackedInit extends ResponseInit {
  readonly encodeBody: "manual";
}

/** The same answer with a body that is packed. */
export function packedResponse(body: BodyInit | null, answer: Response): Response {
  const { status, statusText, headers } = answer;
  const init: PackedInit = { status, statusText, headers, encodeBody: "manual" };
  return new Response(body, init);
}
