/**
 * Converts a request of OpenAI's chat completions to one of Anthropic's Messages. Sources:
 * platform.openai.com/docs/api-reference/chat/create, platform.claude.com/docs/en/api/messages; `cache_control` in
 * parts and `reasoning_details` as in openrouter.ai/docs.
 * @module
 */
import {
  ASKED,
  askedCall,
  askedChoice,
  askedImage,
  askedReasoning,
  askedStops,
  askedTools,
  dropGrammars,
  inlineData,
  objectOf,
  refuseUnspeakable,
} from "./asked-chat";
import { type ClaudeModel, claudeModel } from "./claude-model";
import { type Fields, fields, given, isGiven, list, named, parsedJson, text } from "./json";
import { type ConvertedRequest, Losses } from "./losses";

const KNOWN: ReadonlySet<string> = new Set([
  ...ASKED,
  ...["top_k", "cache_control", "user", "safety_identifier"],
]);

/**
 * @param model As the provider names it.
 * @throws {ConversionError} naming the field that can't be converted.
 */
export function chatToMessages(body: unknown, model: string): ConvertedRequest {
  const request = fields(body);
  const losses = new Losses();
  const claude = claudeModel(model);
  refuseUnspeakable(request, losses);
  losses.dropUnknown(request, KNOWN);
  for (const name of ["logprobs", "store"]) if (request[name] === true) losses.drop(name);
  const { system, messages } = conversation(list(request.messages).map(fields), losses);
  // At least one message is required.
  if (messages.length === 0 && system.length > 0) {
    losses.drop("messages[role=system]");
    messages.push({ role: "user", content: system.splice(0) });
  }
  const limit = request.max_completion_tokens ?? request.max_tokens ?? claude.maxTokens;
  const tooling = tools(request, claude, losses);
  const thought = thinking(request, claude, limit, isForced(tooling.tool_choice), messages, losses);
  const converted = given({
    model,
    max_tokens: limit,
    system: system.length === 0 ? undefined : system,
    messages,
    ...tooling,
    ...sampling(request, claude, thought.thinking !== undefined, losses),
    stop_sequences: stopSequences(request.stop, losses),
    ...thought,
    ...outputConfig(request, claude, fields(thought.output_config), losses),
    cache_control: request.cache_control ?? undefined,
    metadata: isGiven(request.safety_identifier ?? request.user)
      ? { user_id: request.safety_identifier ?? request.user }
      : undefined,
    stream: request.stream === true ? true : undefined,
  });
  return losses.of(converted);
}

/** Turns alternate, and tool results come first in theirs. */
function conversation(said: readonly Fields[], losses: Losses) {
  const system: Fields[] = [];
  const turns: { role: "user" | "assistant"; content: Fields[] }[] = [];
  const add = (role: "user" | "assistant", blocks: readonly Fields[]) => {
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else if (blocks.length > 0) turns.push({ role, content: [...blocks] });
  };
  for (const [index, message] of said.entries()) {
    const place = `messages[${index}]`;
    if (isGiven(message.name)) losses.drop("messages[].name");
    switch (message.role) {
      case "system":
      case "developer": {
        const blocks = texts(message.content, place, losses);
        if (turns.length === 0) system.push(...blocks);
        else {
          // A thought is bound to what precedes it: nothing is inserted there later.
          losses.drop("messages[role=system]");
          add("user", blocks);
        }
        break;
      }
      case "assistant":
        add("assistant", assistantBlocks(message, place, losses));
        break;
      case "tool":
        add("user", [toolResult(message, place, losses)]);
        break;
      case "user":
        add("user", contentBlocks(message.content, place, losses));
        break;
      default:
        losses.refuseType(`${place}.role`, message.role);
    }
  }
  return { system, messages: turns };
}

/** Where a prefix is to be cached; no other mark is kept. */
function marked(part: Fields, block: Fields): Fields {
  return isGiven(part.cache_control) ? { ...block, cache_control: part.cache_control } : block;
}

/** Text parts only. */
function texts(content: unknown, place: string, losses: Losses): Fields[] {
  return contentBlocks(content, place, losses).map((block) =>
    block.type === "text" ? block : losses.refuse(`${place}.content`, "only text can stand here"),
  );
}

function contentBlocks(content: unknown, place: string, losses: Losses): Fields[] {
  if (typeof content === "string") return isBlank(content) ? [] : [{ type: "text", text: content }];
  return list(content).flatMap((each, index) => {
    const part = fields(each);
    const block = contentBlock(part, `${place}.content[${index}]`, losses);
    return block === null ? [] : [marked(part, block)];
  });
}

/** `text content blocks must contain non-whitespace text`; some models write a line break before each call. */
function isBlank(said: unknown): boolean {
  return text(said).trim() === "";
}

function contentBlock(part: Fields, place: string, losses: Losses): Fields | null {
  switch (part.type) {
    case "text":
      return isBlank(part.text) ? null : { type: "text", text: part.text };
    case "refusal":
      return isBlank(part.refusal) ? null : { type: "text", text: part.refusal };
    case "image_url": {
      const { url, detail } = askedImage(part);
      if (isGiven(detail) && detail !== "auto") losses.drop("image_url.detail");
      return { type: "image", source: source(url, `${place}.image_url`, losses) };
    }
    case "file":
      return document(fields(part.file), `${place}.file`, losses);
    default:
      return losses.refuseType(`${place}.type`, part.type);
  }
}

function source(url: string, place: string, losses: Losses): Fields {
  const inline = inlineData(url);
  if (inline !== null) return { type: "base64", media_type: inline.type, data: inline.data };
  if (/^https?:\/\//.test(url)) return { type: "url", url };
  return losses.refuse(place, "it is neither an address nor data");
}

function document({ file_data, file_id, filename }: Fields, place: string, losses: Losses): Fields {
  if (isGiven(file_id)) {
    losses.refuse(`${place}.file_id`, "a stored file cannot be read by another provider");
  }
  const title = isGiven(filename) ? filename : undefined;
  const inline = inlineData(text(file_data));
  if (inline?.type.startsWith("text/") === true) {
    const plain = { type: "text", media_type: "text/plain", data: decoded(inline.data) };
    return given({ type: "document", source: plain, title });
  }
  const data = source(text(file_data), `${place}.file_data`, losses);
  return given({ type: "document", source: data, title });
}

/** Base64; the text itself if it is none. */
function decoded(data: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(data), (char) => char.charCodeAt(0)));
  } catch {
    return data;
  }
}

function toolResult(message: Fields, place: string, losses: Losses): Fields {
  const { content, tool_call_id } = message;
  const said = typeof content === "string" ? content : contentBlocks(content, place, losses);
  const is_error = message.is_error === true ? true : undefined;
  const result = { type: "tool_result", tool_use_id: text(tool_call_id), content: said, is_error };
  return marked(message, given(result));
}

function assistantBlocks(message: Fields, place: string, losses: Losses): Fields[] {
  const thoughts = thoughtBlocks(message, losses);
  if (isGiven(message.audio)) losses.refuse(`${place}.audio`, "the model's provider does not hear");
  const refusal = text(message.refusal);
  return [
    ...thoughts,
    ...contentBlocks(message.content, place, losses),
    ...(refusal === "" ? [] : [{ type: "text", text: refusal }]),
    ...list(message.tool_calls).map((each) => toolUse(fields(each), losses)),
  ];
}

/** Only thoughts that Anthropic signed or encrypted are sent back: it rejects any other. */
function thoughtBlocks(message: Fields, losses: Losses): Fields[] {
  const blocks = list(message.reasoning_details).flatMap((each): Fields[] => {
    const { type, text: thinking, signature, data, format } = fields(each);
    const isOurs = !isGiven(format) || text(format).startsWith("anthropic-");
    if (isOurs && type === "reasoning.text" && text(signature) !== "") {
      return [{ type: "thinking", thinking: text(thinking), signature }];
    }
    if (isOurs && type === "reasoning.encrypted" && text(data) !== "") {
      return [{ type: "redacted_thinking", data }];
    }
    losses.drop("reasoning_details");
    return [];
  });
  const thoughts = text(message.reasoning_content) || text(message.reasoning);
  if (blocks.length === 0 && thoughts !== "") losses.drop("reasoning_content");
  return blocks;
}

function toolUse(call: Fields, losses: Losses): Fields {
  if (isGiven(call.extra_content)) losses.drop("tool_calls[].extra_content");
  const { id, name, arguments: json } = askedCall(call);
  const input = json === "" ? {} : objectOf(parsedJson(json));
  // A model may have written invalid JSON; the history stays usable.
  if (input === null) losses.drop("tool_calls[].arguments");
  return { type: "tool_use", id, name, input: input ?? { arguments: json } };
}

function tools(request: Fields, claude: ClaudeModel, losses: Losses): Fields {
  const asked = askedTools(request, losses);
  dropGrammars(asked, losses);
  const offered = asked.map(({ tool, name, description, parameters, isStrict }) => {
    if (isStrict && !claude.takesSchema) losses.drop("tools[].strict");
    const input_schema = { type: "object", ...fields(parameters) };
    const strict = isStrict && claude.takesSchema ? true : undefined;
    const said = description ?? undefined;
    return marked(tool, given({ name, description: said, input_schema, strict }));
  });
  if (offered.length === 0) return {};
  const isAlone = request.parallel_tool_calls === false;
  const choice = askedChoice(request.tool_choice);
  const only = choice?.only ?? null;
  return given({
    tools: only === null ? offered : offered.filter(({ name }) => only.has(name)),
    tool_choice:
      choice === null && !isAlone
        ? undefined
        : given({
            type: isGiven(choice?.name) ? "tool" : CHOICES[choice?.mode ?? "auto"],
            name: choice?.name ?? undefined,
            disable_parallel_tool_use: isAlone && choice?.mode !== "none" ? true : undefined,
          }),
  });
}

const CHOICES = { auto: "auto", none: "none", required: "any" } as const;

function isForced(choice: unknown): boolean {
  const { type } = fields(choice);
  return type === "any" || type === "tool";
}

function sampling(
  request: Fields,
  claude: ClaudeModel,
  isThinking: boolean,
  losses: Losses,
): Fields {
  const names = ["temperature", "top_p", "top_k"].filter((name) => isGiven(request[name]));
  // With thinking on, the temperature is fixed, and newer models have none.
  if (!claude.takesSampling || isThinking) {
    for (const name of names) if (!isDefault(name, request[name])) losses.drop(name);
    return {};
  }
  const [first] = names;
  // Newer models accept only one of the first two.
  if (first === "temperature" && names.includes("top_p")) losses.drop("top_p");
  const { temperature, top_p, top_k } = request;
  // There, the maximum is 1.
  const isHigh = typeof temperature === "number" && temperature > 1;
  if (isHigh) losses.drop("temperature over 1");
  return given({
    temperature: isGiven(temperature) ? (isHigh ? 1 : temperature) : undefined,
    top_p: isGiven(top_p) && !isGiven(temperature) ? top_p : undefined,
    top_k: isGiven(top_k) ? top_k : undefined,
  });
}

function isDefault(name: string, value: unknown): boolean {
  return name !== "top_k" && value === 1;
}

/** Stop strings that consist only of blanks would be rejected. */
function stopSequences(stop: unknown, losses: Losses): readonly string[] | undefined {
  const all = askedStops(stop);
  const usable = all.filter((each) => each.trim() !== "");
  if (usable.length < all.length) losses.drop("stop of blanks");
  return usable.length === 0 ? undefined : usable;
}

const EFFORTS: Readonly<Record<string, "low" | "medium" | "high">> = {
  minimal: "low",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "high",
  max: "high",
};

/** Thinking tokens, by effort. */
const BUDGETS = { low: 2_048, medium: 8_192, high: 24_576 } as const;
const MIN_BUDGET = 1_024;

/** How much to think. Anthropic's own `thinking` is kept, because its compatible layer accepts it too. */
function thinking(
  request: Fields,
  claude: ClaudeModel,
  limit: unknown,
  isForced: boolean,
  turns: readonly { readonly role: string; readonly content: readonly Fields[] }[],
  losses: Losses,
): Fields {
  if (isGiven(request.thinking)) return { thinking: request.thinking };
  const asked = askedReasoning(request);
  if (asked === null) return {};
  const { field, tokens } = asked;
  const effort = named(EFFORTS, asked.effort);
  if (effort === undefined && tokens === null) return {};
  const lacksThoughts = claude.thinking === "budget" && isMidLoopUnthought(turns);
  if (claude.thinking === null || isForced || lacksThoughts) {
    losses.drop(field);
    return {};
  }
  if (claude.thinking === "effort") {
    const display = claude.hidesThoughts ? { display: "summarized" } : {};
    return {
      thinking: { type: "adaptive", ...display },
      ...(effort !== undefined && { output_config: { effort } }),
    };
  }
  const wanted = tokens ?? BUDGETS[effort ?? "medium"];
  const most = typeof limit === "number" ? limit - 1 : wanted;
  const budget_tokens = Math.max(MIN_BUDGET, Math.min(wanted, most));
  if (budget_tokens > most) {
    losses.drop(field);
    return {};
  }
  return { thinking: { type: "enabled", budget_tokens } };
}

/** Whether tool results belong to a turn whose thoughts were lost: it can't be continued with thinking. */
function isMidLoopUnthought(
  turns: readonly { readonly role: string; readonly content: readonly Fields[] }[],
): boolean {
  const [caller, last] = turns.slice(-2);
  if (caller?.role !== "assistant" || last?.content[0]?.type !== "tool_result") return false;
  return !String(caller.content[0]?.type).endsWith("thinking");
}

function outputConfig(
  request: Fields,
  claude: ClaudeModel,
  config: Fields,
  losses: Losses,
): Fields {
  const { type, json_schema } = fields(request.response_format);
  if (type === "json_schema") {
    if (!claude.takesSchema) {
      losses.refuse("response_format", "the model cannot be held to a schema");
    }
    const { schema } = fields(json_schema);
    return { output_config: { ...config, format: { type: "json_schema", schema } } };
  }
  // A request for it must also say so in its text.
  if (type === "json_object") losses.drop("response_format");
  return {};
}
