/**
 * What makes requests parts of one conversation: the header that says so, or the same beginning, up to the
 * end of the first message of the user.
 * @module
 */
import { type Conversation, hashText } from "../pool/affinity";
import { bodyText, type RequestBody } from "./request-body";

export const SESSION_HEADER = "x-one-balance-session";

/** Conversations that begin alike for longer than this share the provider's prompt cache anyway. */
const COMPARED_CHARS = 16 * 1024;

/**
 * The request's conversation; null where it is part of none.
 * @param tokenId Conversations of different callers are different, whatever they say.
 */
export function conversationOf(
  tokenId: string,
  headers: Headers,
  body: RequestBody,
): Conversation | null {
  const session = headers.get(SESSION_HEADER);
  if (session !== null) return { name: `${tokenId} ${session.slice(0, 256)}`, isContinued: true };
  if (body.kind !== "kept") return null;
  const text = bodyText(body).slice(0, COMPARED_CHARS);
  const user = /"role"\s*:\s*"user"/.exec(text);
  if (user === null) return null;
  const end = endOfObject(text, user.index);
  const name = `${tokenId} ${end} ${hashText(text.slice(0, end))}`;
  return { name, isContinued: end === COMPARED_CHARS || text.includes('"role"', end) };
}

/** Index behind the brace that closes the object around `position`; the text's length if it is not in it. */
function endOfObject(text: string, position: number): number {
  let depth = 1;
  for (let index = position; index < text.length; index += 1) {
    const character = text[index];
    if (character === '"') index = endOfString(text, index);
    else if (character === "{") depth += 1;
    else if (character === "}") {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return text.length;
}

/** Index of the closing quote of the string that opens at `open`. */
function endOfString(text: string, open: number): number {
  for (let index = open + 1; index < text.length; index += 1) {
    if (text[index] === "\\") index += 1;
    else if (text[index] === '"') return index;
  }
  return text.length;
}
