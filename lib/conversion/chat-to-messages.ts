/**
 * Converts a request of OpenAI's chat completions to one of Anthropic's Messages. Sources:
 * platform.openai.com/docs/api-reference/chat/create, platform.claude.com/docs/en/api/messages; `cache_control` in
 * parts and `reasoning_details` as in openrouter.ai/docs.
 * @module
 */
import { type ClaudeModel, claudeModel } from "./claude-model";
import { type Fields, fields, given, isGiven, list, parsedJson, text } from "./json";
import { Losses } from "./losses";
import type { ConvertedRequest } from "./messages-to-chat";

const KNOWN: ReadonlySet<string> = new Set([
  ...["model", "messages", "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k"],
  ...["stop", "stream", "stream_options", "tools", "tool_choice", "parallel_tool_calls", "n"],
  ...["response_format", "reasoning_effort", "reasoning", "thinking", "cache_control"],
  ...["user", "safety_identifier", "modalities", "audio", "functions", "function_call"],
  ...["web_search_options", "logprobs", "store"],
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
    cache_control: request.cache_control,
    metadata: isGiven(request.safety_identifier ?? request.user)
      ? { user_id: request.safety_identifier ?? request.user }
      : undefined,
    stream: request.stream === true ? true : undefined,
  });
  return { request: converted, dropped: losses.dropped };
}

function refuseUnspeakable(request: Fields, losses: Losses): void {
  if (typeof request.n === "number" && request.n > 1) losses.refuse("n", "there is one answer");
  if (list(request.modalities).includes("audio") || isGiven(request.audio)) {
    losses.refuse("modalities", "the model's provider does not speak");
  }
  for (const name of ["functions", "function_call"]) {
    if (isGiven(request[name])) losses.refuse(name, "say it as tools and tool_choice");
  }
  if (!isGiven(request.web_search_options)) return;
  if (list(request.tools).length > 0) losses.drop("web_search_options");
  else losses.refuse("web_search_options", "this search runs at OpenAI");
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
        losses.refuse(`${place}.role`, `${JSON.stringify(message.role)} has no counterpart`);
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
  // An empty text would be rejected.
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  return list(content).flatMap((each, index) => {
    const part = fields(each);
    const block = contentBlock(part, `${place}.content[${index}]`, losses);
    return block === null ? [] : [marked(part, block)];
  });
}

function contentBlock(part: Fields, place: string, losses: Losses): Fields | null {
  switch (part.type) {
    case "text":
      return text(part.text) === "" ? null : { type: "text", text: part.text };
    case "refusal":
      return text(part.refusal) === "" ? null : { type: "text", text: part.refusal };
    case "image_url": {
      const image = isGiven(fields(part.image_url).url)
        ? fields(part.image_url)
        : { url: part.image_url };
      if (isGiven(image.detail) && image.detail !== "auto") losses.drop("image_url.detail");
      return { type: "image", source: source(text(image.url), `${place}.image_url`, losses) };
    }
    case "file":
      return document(fields(part.file), `${place}.file`, losses);
    default:
      return losses.refuse(
        `${place}.type`,
        `${JSON.stringify(part.type)} has no counterpart in this form`,
      );
  }
}

const DATA_URL = /^data:([^;,]+);base64,/;

function source(url: string, place: string, losses: Losses): Fields {
  const [head, media_type] = DATA_URL.exec(url) ?? [];
  if (head !== undefined) return { type: "base64", media_type, data: url.slice(head.length) };
  if (/^https?:\/\//.test(url)) return { type: "url", url };
  return losses.refuse(place, "it is neither an address nor data");
}

function document({ file_data, file_id, filename }: Fields, place: string, losses: Losses): Fields {
  if (isGiven(file_id)) {
    losses.refuse(`${place}.file_id`, "a stored file cannot be read by another provider");
  }
  const data = source(text(file_data), `${place}.file_data`, losses);
  return given({ type: "document", source: data, title: isGiven(filename) ? filename : undefined });
}

function toolResult(message: Fields, place: string, losses: Losses): Fields {
  const { content, tool_call_id } = message;
  const said = typeof content === "string" ? content : contentBlocks(content, place, losses);
  const result = { type: "tool_result", tool_use_id: safeId(tool_call_id), content: said };
  return marked(message, result);
}

/** Call ids allow fewer characters there. */
function safeId(id: unknown): string {
  return text(id).replaceAll(/[^\w-]/g, "_");
}

function assistantBlocks(message: Fields, place: string, losses: Losses): Fields[] {
  const thoughts = thoughtBlocks(message, losses);
  if (isGiven(message.audio)) losses.refuse(`${place}.audio`, "the model's provider does not hear");
  const refusal = text(message.refusal);
  return [
    ...thoughts,
    ...contentBlocks(message.content, place, losses),
    ...(refusal === "" ? [] : [{ type: "text", text: refusal }]),
    ...list(message.tool_calls).map((each) => toolUse(fields(each), place, losses)),
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

function toolUse(call: Fields, place: string, losses: Losses): Fields {
  if (call.type === "custom") {
    losses.refuse(`${place}.tool_calls`, "tools with plain input have no counterpart in this form");
  }
  const { name, arguments: json } = fields(call.function);
  const input = json === "" ? {} : parsedJson(text(json));
  const isObject = typeof input === "object" && input !== null && !Array.isArray(input);
  // A model may have written invalid JSON; the history stays usable.
  if (!isObject) losses.drop("tool_calls[].arguments");
  return {
    type: "tool_use",
    id: safeId(call.id),
    name,
    input: isObject ? input : { arguments: json },
  };
}

function tools(request: Fields, claude: ClaudeModel, losses: Losses): Fields {
  const offered = list(request.tools).map((each, index) => {
    const tool = fields(each);
    if (isGiven(tool.type) && tool.type !== "function") {
      losses.refuse(
        `tools[${index}].type`,
        `${JSON.stringify(tool.type)} has no counterpart in this form`,
      );
    }
    const { name, description, parameters, strict } = fields(tool.function);
    const isStrict = strict === true;
    if (isStrict && !claude.takesSchema) losses.drop("tools[].strict");
    const input_schema = { type: "object", ...fields(parameters) };
    return marked(
      tool,
      given({
        name,
        description,
        input_schema,
        strict: isStrict && claude.takesSchema ? true : undefined,
      }),
    );
  });
  if (offered.length === 0) return {};
  const choice = toolChoice(request.tool_choice);
  const isAlone = request.parallel_tool_calls === false;
  const chosen = isAlone && choice === undefined ? { type: "auto" } : choice;
  const mayCall = chosen !== undefined && chosen.type !== "none";
  return given({
    tools:
      choice?.only === undefined ? offered : offered.filter(({ name }) => choice.only?.has(name)),
    tool_choice:
      chosen === undefined
        ? undefined
        : given({
            type: chosen.type,
            name: "name" in chosen ? chosen.name : undefined,
            disable_parallel_tool_use: isAlone && mayCall ? true : undefined,
          }),
  });
}

interface ToolChoice {
  readonly type: string;
  readonly name?: unknown;
  /** Names of the tools that may be called, if not all may. */
  readonly only?: ReadonlySet<unknown>;
}

function toolChoice(choice: unknown): ToolChoice | undefined {
  if (choice === "required") return { type: "any" };
  if (choice === "auto" || choice === "none") return { type: choice };
  const { type, function: called, allowed_tools } = fields(choice);
  if (type === "function") return { type: "tool", name: fields(called).name };
  if (type !== "allowed_tools") return undefined;
  const { mode, tools: allowed } = fields(allowed_tools);
  const names = list(allowed).map((each) => fields(fields(each).function).name);
  return { type: mode === "required" ? "any" : "auto", only: new Set(names) };
}

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
  const all = (typeof stop === "string" ? [stop] : list(stop)).map(text);
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
  const { effort: named, max_tokens, enabled } = fields(request.reasoning);
  const said = text(request.reasoning_effort) || text(named) || (enabled === true ? "medium" : "");
  const effort = EFFORTS[said];
  const field = isGiven(request.reasoning_effort) ? "reasoning_effort" : "reasoning";
  if (effort === undefined && !isGiven(max_tokens)) return {};
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
  const wanted = typeof max_tokens === "number" ? max_tokens : BUDGETS[effort ?? "medium"];
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
