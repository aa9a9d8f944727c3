/**
 * The conversation to which a request belongs: the one its client names, or all requests with the same beginning, up to
 * the end of the user's first message.
 * @module
 */
import type { HeaderFields } from "../../http/read-headers";
import { type Conversation, hashText } from "../../pool/schedule/affinity";
import { beginsJson } from "./body-form";
import { bodyHead, bodyText, type RequestBody, TEXT_BYTES } from "./request-body";

/** Our own header, for clients without a session header. It takes precedence over all others. */
export const SESSION_HEADER = "x-one-balance-session";

/**
 * Headers in which clients name their session: Claude Code, opencode, and Codex (both spellings it has used). Clients
 * that start helpers give each its own thread, so the thread takes precedence over the session.
 */
const CLIENT_SESSION_HEADERS = [
  SESSION_HEADER,
  "x-claude-code-session-id",
  "x-session-affinity",
  "thread-id",
  "session-id",
  "session_id",
  "conversation_id",
];

/** The field by which OpenAI's clients keep a conversation on one prompt cache. */
const CACHE_KEY = /"prompt_cache_key"\s*:\s*"((?:[^"\\]|\\.){1,256})"/;

/** Tool definitions and system prompts may come first, and be long: the user's message is looked for within this. */
const SEARCHED_BYTES = 1024 * 1024;
/** This much of the text before the user's message, and of the message itself, is compared. */
const COMPARED_CHARS = 16 * 1024;
const NAME_CHARS = 256;

const decoder = new TextDecoder();

/**
 * The request's conversation; null if it belongs to none.
 * @param tokenId Conversations of different callers are different, whatever they send.
 */
export function conversationOf(
  tokenId: string,
  headers: HeaderFields,
  body: RequestBody,
): Conversation | null {
  for (const header of CLIENT_SESSION_HEADERS) {
    const session = headers.get(header);
    if (session !== null && session !== "") return named(tokenId, session);
  }
  if (body.kind === "none") return null;
  const text = bodyText(body);
  const cacheKey = CACHE_KEY.exec(text)?.[1] ?? CACHE_KEY.exec(endOfLongText(body))?.[1];
  if (cacheKey !== undefined) return named(tokenId, `cache ${cacheKey}`);
  return withSameBeginning(tokenId, text) ?? withSameBeginning(tokenId, longText(body));
}

function named(tokenId: string, session: string): Conversation {
  return { name: `${tokenId} ${session.slice(0, NAME_CHARS)}`, isContinued: true };
}

function withSameBeginning(tokenId: string, text: string): Conversation | null {
  const user = /"role"\s*:\s*"user"/.exec(text)?.index;
  if (user === undefined) return null;
  const end = endOfObject(text, user, user + COMPARED_CHARS);
  const before = hashText(text.slice(0, Math.min(user, COMPARED_CHARS)));
  const name = `${tokenId} ${end} ${before} ${hashText(text.slice(user, end))}`;
  return { name, isContinued: FURTHER_TURN.test(text.slice(end)) };
}

/** Follows the first message once it was answered; tool calls of the Responses API have no role. */
const FURTHER_TURN = /"role"|"function_call/;

/** The text of a JSON body that is longer than `bodyText` decodes; empty for all others. */
function longText(body: RequestBody): string {
  return isLong(body) ? decoder.decode(bodyHead(body)?.subarray(0, SEARCHED_BYTES)) : "";
}

/** SDKs write short fields before or after the messages, rarely in between. */
function endOfLongText(body: RequestBody): string {
  return body.kind === "kept" && isLong(body)
    ? decoder.decode(body.bytes.subarray(-TEXT_BYTES))
    : "";
}

function isLong(body: RequestBody): boolean {
  const head = bodyHead(body);
  return head !== null && head.length > TEXT_BYTES && beginsJson(head);
}

/** Index after the brace that closes the object around `position`, at most `limit`. */
function endOfObject(text: string, position: number, limit: number): number {
  const bound = Math.min(text.length, limit);
  let depth = 1;
  for (let index = position; index < bound; index += 1) {
    const character = text[index];
    if (character === '"') index = endOfString(text, index, bound);
    else if (character === "{") depth += 1;
    else if (character === "}") {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return bound;
}

/** Index of the closing quote of the string that opens at `open`, at most `bound`. */
function endOfString(text: string, open: number, bound: number): number {
  for (let index = open + 1; index < bound; index += 1) {
    if (text[index] === "\\") index += 1;
    else if (text[index] === '"') return index;
  }
  return bound;
}
