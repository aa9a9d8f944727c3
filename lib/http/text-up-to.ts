import { piecesOf } from "./byte-stream";

/** The first bytes of a body as text. What comes after them is not read: a server may send without end. */
export async function textUpTo({ body }: Response, maxBytes: number): Promise<string> {
  if (body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let left = maxBytes;
  for await (const piece of piecesOf(body)) {
    text += decoder.decode(piece.subarray(0, left), { stream: true });
    left -= piece.length;
    if (left <= 0) break;
  }
  return text + decoder.decode();
}
