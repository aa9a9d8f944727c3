/**
 * Compresses responses for browsers, as Cloudflare's edge does.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
 * @module
 */

export type Coding = "br" | "gzip";

/** The better one first. */
const CODINGS: readonly Coding[] = ["br", "gzip"];

/** Texts. Pictures and fonts are already compressed; events must not wait for each other. */
const PACKABLE =
  /^(?:text\/(?!event-stream)|application\/(?:javascript|json|manifest\+json|wasm|xml)|image\/svg\+xml)/i;

/** The available coding that a client prefers; null if it wants none. */
export function acceptedCoding(accept: string | null): Coding | null {
  const weights = new Map<string, number>();
  for (const part of (accept ?? "").toLowerCase().split(",")) {
    const [name = "", ...parameters] = part.split(";").map((each) => each.trim());
    const weight = parameters.find((each) => each.startsWith("q="))?.slice(2);
    weights.set(name, weight === undefined ? 1 : Number(weight));
  }
  const weightOf = (coding: string) => weights.get(coding) ?? weights.get("*") ?? 0;
  const [best] = CODINGS.toSorted((a, b) => weightOf(b) - weightOf(a));
  return best !== undefined && weightOf(best) > 0 ? best : null;
}

/** Whether a response is an uncompressed text. */
export function isPackable({ headers }: Response): boolean {
  return (
    PACKABLE.test(headers.get("content-type") ?? "") &&
    !headers.has("content-encoding") &&
    !headers.has("content-range") &&
    !/\bno-transform\b/i.test(headers.get("cache-control") ?? "")
  );
}

/** Declares that the response depends on what the client accepts, whether it is compressed or not. */
export function varyByCoding(headers: Headers): void {
  const vary = headers.get("vary") ?? "";
  if (!/\baccept-encoding\b|\*/i.test(vary)) headers.append("vary", "Accept-Encoding");
}

/** Changes headers to those of the compressed response. @param bytes its length; null if unknown */
export function describePacked(headers: Headers, coding: Coding, bytes: number | null): void {
  headers.set("content-encoding", coding);
  if (bytes === null) headers.delete("content-length");
  else headers.set("content-length", String(bytes));
  const etag = headers.get("etag");
  // The same in meaning, but not in bytes: RFC 9110, section 8.8.1.
  if (etag !== null && !etag.startsWith("W/")) headers.set("etag", `W/${etag}`);
}
