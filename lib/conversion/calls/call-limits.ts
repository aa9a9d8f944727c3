/**
 * What services accept as names of tools and as ids of calls, and requests that keep to it. A conversation moves between
 * services, and brings what another one has made: `functions.search:0`, names with dots, ids of 60 characters.
 *
 * Sources: platform.openai.com/docs/api-reference/chat/create and `/responses/create` (names of 64 characters; its error
 * for ids: `expected a string with maximum length 40`, or 64), platform.claude.com/docs, "Define tools" and the error
 * `tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`, ai.google.dev/api/caching#FunctionDeclaration,
 * mistralai.github.io/mistral-common/usage/tools (ids of nine letters and digits).
 * @module
 */
import { type Fields, fields, isGiven, list } from "../json";

/** What a name may look like. */
export interface NameLimit {
  readonly pattern: RegExp;
  readonly maxChars: number;
}

/** Null for no limit. */
export interface CallLimits {
  readonly name: NameLimit;
  readonly id: NameLimit | null;
}

/** A tool's name at the upstream, and its own. */
export type RenamedTools = readonly (readonly [sent: string, own: string])[];

/** In chat completions, Responses, and all services that are like them. */
export const OPENAI_NAME: NameLimit = { pattern: /^[\w-]{1,64}$/, maxChars: 64 };

export const MESSAGES_LIMITS: CallLimits = {
  name: { pattern: /^[\w-]{1,128}$/, maxChars: 128 },
  id: { pattern: /^[\w-]*$/, maxChars: 64 },
};
export const RESPONSES_LIMITS: CallLimits = {
  name: OPENAI_NAME,
  id: { pattern: /^[\s\S]{0,64}$/, maxChars: 64 },
};
export const GEMINI_LIMITS: CallLimits = {
  name: { pattern: /^[a-z_][\w.:-]{0,63}$/i, maxChars: 64 },
  id: null,
};

export interface LimitedRequest {
  readonly request: Fields;
  readonly renamed: RenamedTools;
}

/**
 * A chat completion whose tools and calls have names and ids that a service accepts. The same text always becomes the
 * same text: a call stays together with its result, and a prefix in the cache.
 */
export function withinLimits(request: Fields, limits: CallLimits): LimitedRequest {
  const renamed = new Map<string, string>();
  const tools = list(request.tools).map((each) => {
    const [own, sent] = [fields(each), renamedIn(fields(each), limits.name)];
    const [before, after] = [nameIn(own), nameIn(sent)];
    if (before !== after) renamed.set(after, before);
    return sent;
  });
  const limited = {
    ...request,
    messages: list(request.messages).map((each) => limitedMessage(fields(each), limits)),
    ...(tools.length > 0 && { tools }),
    ...(isGiven(request.tool_choice) && {
      tool_choice: limitedChoice(request.tool_choice, limits.name),
    }),
  };
  return { request: limited, renamed: [...renamed] };
}

function limitedMessage(message: Fields, { name, id }: CallLimits): Fields {
  const calls = list(message.tool_calls);
  if (calls.length > 0) {
    const tool_calls = calls.map((each) => {
      const call = renamedIn(fields(each), name);
      return typeof call.id === "string" ? { ...call, id: within(call.id, id) } : call;
    });
    return { ...message, tool_calls };
  }
  if (typeof message.tool_call_id !== "string") return message;
  const limited = { ...message, tool_call_id: within(message.tool_call_id, id) };
  // The name of the function called.
  return typeof message.name === "string"
    ? { ...limited, name: within(message.name, name) }
    : limited;
}

function limitedChoice(choice: unknown, limit: NameLimit): unknown {
  if (typeof choice === "string") return choice;
  const allowed = fields(fields(choice).allowed_tools);
  if (!isGiven(allowed.tools)) return renamedIn(fields(choice), limit);
  const tools = list(allowed.tools).map((each) => renamedIn(fields(each), limit));
  return { ...fields(choice), allowed_tools: { ...allowed, tools } };
}

/** Where chat completions name a tool: in a tool, a call, a choice. */
const NAMED_IN = ["function", "custom"] as const;

function renamedIn(each: Fields, limit: NameLimit): Fields {
  const kind = NAMED_IN.find((name) => typeof fields(each[name]).name === "string");
  if (kind === undefined) return each;
  const inner = fields(each[kind]);
  return { ...each, [kind]: { ...inner, name: within(String(inner.name), limit) } };
}

function nameIn(each: Fields): string {
  const kind = NAMED_IN.find((name) => typeof fields(each[name]).name === "string");
  return kind === undefined ? "" : String(fields(each[kind]).name);
}

const HASH_CHARS = 9;

/** A name that is accepted is never changed; of others, the beginning stays readable. */
function within(text: string, limit: NameLimit | null): string {
  if (limit === null || text === "" || limit.pattern.test(text)) return text;
  const hash = hashOf(text);
  const readable = text.slice(0, limit.maxChars).replaceAll(/[^\w-]/g, "_");
  const begun = /^[a-z_]/i.test(readable) ? readable : `_${readable}`;
  const room = limit.maxChars - HASH_CHARS - 1;
  return room <= 0 ? hash : `${begun.slice(0, room)}_${hash}`;
}

/** Nine letters and digits: two hashes by FNV-1a. */
function hashOf(text: string): string {
  let [one, other] = [0x811c9dc5, 0x2f0b4c47];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, 0x01000193);
    other = Math.imul(other ^ code, 0x01000193);
  }
  const bits = (one >>> 0) * 2 ** 20 + ((other >>> 0) % 2 ** 20);
  return bits.toString(36).padStart(HASH_CHARS, "0").slice(-HASH_CHARS);
}
