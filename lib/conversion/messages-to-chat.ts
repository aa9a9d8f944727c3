/**
 * Converts a request of Anthropic's Messages to one of OpenAI's chat completions. Sources:
 * platform.claude.com/docs/en/api/messages, platform.openai.com/docs/api-reference/chat/create.
 * @module
 */
import { withStates } from "./calls/call-states";
import { toolMessage } from "./calls/tool-result";
import type { ChatDialect, Effort } from "./chat-dialect";
import { type Fields, fields, given, isGiven, list, named, text } from "./json";
import { type ConvertedRequest, Losses } from "./losses";
import { opened } from "./sealed-thought";

const KNOWN: ReadonlySet<string> = new Set([
  ...["model", "max_tokens", "system", "messages", "tools", "tool_choice", "temperature", "top_p"],
  ...["top_k", "stop_sequences", "stream", "thinking", "output_config", "output_format"],
  ...["container", "mcp_servers"],
]);

const KNOWN_IN_TOOL: ReadonlySet<string> = new Set([
  ...["type", "name", "description", "input_schema", "strict", "cache_control"],
]);

/**
 * @param model As the provider names it.
 * @throws {ConversionError} naming the field that can't be converted.
 */
export function messagesToChat(
  body: unknown,
  model: string,
  dialect: ChatDialect,
): ConvertedRequest {
  const request = fields(body);
  const losses = new Losses();
  refuseHosted(request, losses);
  losses.dropUnknown(request, KNOWN);
  const limit = dialect.hasCompletionLimit ? "max_completion_tokens" : "max_tokens";
  const isStream = request.stream === true;
  if (isGiven(request.top_k) && !dialect.takesTopK) losses.drop("top_k");
  const converted = given({
    model,
    messages: [
      ...systemMessages(request.system, losses),
      ...list(request.messages).flatMap((each, index) =>
        chatMessages(fields(each), `messages[${index}]`, dialect, losses),
      ),
    ],
    [limit]: request.max_tokens ?? undefined,
    temperature: request.temperature ?? undefined,
    top_p: request.top_p ?? undefined,
    top_k: dialect.takesTopK ? (request.top_k ?? undefined) : undefined,
    stop: stopStrings(request.stop_sequences, dialect, losses),
    ...tools(request, losses),
    ...thinking(request, model, dialect, losses),
    response_format: responseFormat(request),
    stream: isStream ? true : undefined,
    stream_options: isStream && dialect.asksForUsage ? { include_usage: true } : undefined,
  });
  return losses.of(converted);
}

function refuseHosted({ container, mcp_servers }: Fields, losses: Losses): void {
  const where = "runs at Anthropic, and the model asked for is another provider's";
  if (isGiven(container)) losses.refuse("container", where);
  if (list(mcp_servers).length > 0) losses.refuse("mcp_servers", where);
}

function systemMessages(system: unknown, losses: Losses): Fields[] {
  const content = plainText(system, "system", losses);
  return content === "" ? [] : [{ role: "system", content }];
}

/** Joins blocks of text. Where they are cached doesn't change their meaning. */
function plainText(content: unknown, place: string, losses: Losses): string {
  if (typeof content === "string") return content;
  return list(content)
    .map((each, index) => {
      const block = fields(each);
      if (isGiven(block.cache_control)) losses.drop("cache_control");
      if (block.type !== "text")
        losses.refuse(`${place}[${index}].type`, "only text can stand here");
      return text(block.text);
    })
    .join("\n\n");
}

function chatMessages(
  message: Fields,
  place: string,
  dialect: ChatDialect,
  losses: Losses,
): Fields[] {
  const { role, content } = message;
  if (role === "assistant") return assistantMessages(content, place, dialect, losses);
  if (role === "system") return systemMessages(content, losses);
  if (typeof content === "string") return [{ role: "user", content }];
  return userMessages(list(content).map(fields), `${place}.content`, dialect, losses);
}

/** Tool results come first, as separate messages: they must follow the calls. */
function userMessages(
  blocks: readonly Fields[],
  place: string,
  dialect: ChatDialect,
  losses: Losses,
): Fields[] {
  const results: Fields[] = [];
  const parts: Fields[] = [];
  for (const [index, block] of blocks.entries()) {
    const at = `${place}[${index}]`;
    if (isGiven(block.cache_control)) losses.drop("cache_control");
    if (block.type !== "tool_result") {
      parts.push(contentPart(block, at, dialect, losses));
      continue;
    }
    const { said, shown } = toolResult(block.content, at, dialect, losses);
    const error = block.is_error === true ? "tool_result.is_error" : null;
    results.push(toolMessage(block.tool_use_id, said, error, dialect, losses));
    parts.push(...shown);
  }
  return parts.length === 0 ? results : [...results, { role: "user", content: shortest(parts) }];
}

/** A tool's result is a text in chat completions: anything else in it goes into the following message. */
function toolResult(content: unknown, place: string, dialect: ChatDialect, losses: Losses) {
  if (!Array.isArray(content)) return { said: text(content), shown: [] };
  const parts = content.map((each, index) =>
    contentPart(fields(each), `${place}.content[${index}]`, dialect, losses),
  );
  const isText = (part: Fields) => part.type === "text";
  return {
    said: parts
      .filter(isText)
      .map((part) => text(part.text))
      .join("\n"),
    shown: parts.filter((part) => !isText(part)),
  };
}

/** A single text needs no list, which not every service accepts. */
function shortest(parts: readonly Fields[]): unknown {
  const [only] = parts;
  return parts.length === 1 && only?.type === "text" ? only.text : parts;
}

function contentPart(block: Fields, place: string, dialect: ChatDialect, losses: Losses): Fields {
  const { type } = block;
  if (type === "text") {
    if (list(block.citations).length > 0) losses.drop("citations");
    return { type: "text", text: text(block.text) };
  }
  if (type === "image") return imagePart(fields(block.source), place, losses);
  if (type === "document") return documentPart(block, place, dialect, losses);
  if (type === "search_result") {
    const said = plainText(block.content, `${place}.content`, losses);
    return { type: "text", text: `${text(block.title)} (${text(block.source)})\n${said}` };
  }
  return losses.refuseType(`${place}.type`, type);
}

function imagePart(source: Fields, place: string, losses: Losses): Fields {
  if (source.type === "file") {
    losses.refuse(`${place}.source`, "a stored file cannot be read by another provider");
  }
  const url = source.type === "url" ? text(source.url) : dataUrl(source);
  return { type: "image_url", image_url: { url } };
}

function dataUrl({ media_type, data }: Fields): string {
  return `data:${text(media_type)};base64,${text(data)}`;
}

function documentPart(block: Fields, place: string, dialect: ChatDialect, losses: Losses): Fields {
  const source = fields(block.source);
  const title = text(block.title);
  if (fields(block.citations).enabled === true) losses.drop("citations");
  if (source.type === "text") {
    const heading = title === "" ? "" : `${title}\n\n`;
    return { type: "text", text: heading + text(source.data) };
  }
  if (source.type === "content") {
    return { type: "text", text: plainText(source.content, `${place}.source.content`, losses) };
  }
  const filename = title === "" ? "document.pdf" : title;
  if (source.type === "base64" && dialect.takesFiles) {
    return { type: "file", file: { filename, file_data: dataUrl(source) } };
  }
  if (source.type === "url" && dialect.takesFileUrls) {
    return { type: "file", file: { filename, file_data: text(source.url) } };
  }
  return losses.refuse(`${place}.source`, "the model's provider takes no such documents");
}

function assistantMessages(
  content: unknown,
  place: string,
  dialect: ChatDialect,
  losses: Losses,
): Fields[] {
  if (typeof content === "string") return [{ role: "assistant", content }];
  let said = "";
  let thought = "";
  const calls: Fields[] = [];
  const states: Record<string, Fields> = {};
  const details: Fields[] = [];
  for (const [index, each] of list(content).entries()) {
    const block = fields(each);
    if (isGiven(block.cache_control)) losses.drop("cache_control");
    switch (block.type) {
      case "text":
        said += text(block.text);
        break;
      case "thinking":
        thought += text(block.thinking);
        break;
      case "redacted_thinking": {
        const ours = opened(block.data);
        if (ours === null) losses.drop("redacted_thinking");
        else {
          Object.assign(states, ours.calls);
          details.push(...(ours.details ?? []));
        }
        break;
      }
      case "tool_use":
        calls.push({
          id: text(block.id),
          type: "function",
          function: { name: text(block.name), arguments: JSON.stringify(block.input ?? {}) },
        });
        break;
      default:
        losses.refuseType(`${place}.content[${index}].type`, block.type);
    }
  }
  if (thought !== "" && dialect.reasoningIn === null) losses.drop("thinking blocks");
  return [
    given({
      role: "assistant",
      content: said === "" && calls.length > 0 ? null : said,
      ...(dialect.reasoningIn !== null && thought !== "" && { [dialect.reasoningIn]: thought }),
      reasoning_details: dialect.takesDetails && details.length > 0 ? details : undefined,
      tool_calls: calls.length > 0 ? withStates(calls, states, dialect) : undefined,
    }),
  ];
}

function stopStrings(
  given: unknown,
  { maxStops }: ChatDialect,
  losses: Losses,
): readonly unknown[] | undefined {
  const stops = list(given);
  if (stops.length > maxStops) losses.drop(`stop_sequences[${maxStops}+]`);
  return stops.length === 0 ? undefined : stops.slice(0, maxStops);
}

function tools(request: Fields, losses: Losses): Fields {
  const offered = list(request.tools).map(fields);
  const own = offered.filter(({ type }) => !isGiven(type) || type === "custom");
  for (const [index, { type }] of offered.entries()) {
    if (!isGiven(type) || type === "custom") continue;
    const isOnlyHope = own.length === 0 || isForced(request.tool_choice, offered[index]);
    if (isOnlyHope) {
      losses.refuse(
        `tools[${index}].type`,
        `${text(type)} runs at Anthropic, or is known to its models only`,
      );
    }
    losses.drop(`tools[type=${text(type)}]`);
  }
  if (own.length === 0) return {};
  const { type, disable_parallel_tool_use } = fields(request.tool_choice);
  return given({
    tools: own.map((tool) => toolOf(tool, losses)),
    tool_choice: isGiven(type) ? toolChoice(fields(request.tool_choice)) : undefined,
    parallel_tool_calls: disable_parallel_tool_use === true ? false : undefined,
  });
}

function isForced(choice: unknown, tool: Fields | undefined): boolean {
  const { type, name } = fields(choice);
  return type === "tool" && tool !== undefined && name === tool.name;
}

function toolOf(tool: Fields, losses: Losses): Fields {
  if (isGiven(tool.cache_control)) losses.drop("cache_control");
  losses.dropUnknown(tool, KNOWN_IN_TOOL, "tools[].");
  const { name, description, input_schema, strict } = tool;
  return {
    type: "function",
    function: given({
      name,
      description: description ?? undefined,
      parameters: input_schema ?? undefined,
      strict: strict ?? undefined,
    }),
  };
}

function toolChoice({ type, name }: Fields): unknown {
  if (type === "tool") return { type: "function", function: { name } };
  return type === "any" ? "required" : type;
}

function thinking(request: Fields, model: string, dialect: ChatDialect, losses: Losses): Fields {
  const effort = effortOf(fields(request.thinking), fields(request.output_config));
  if (effort === null) return {};
  const said = dialect.effort(effort, model);
  // A request not to think loses nothing if it can't be expressed.
  if (said === null && effort !== "none") losses.drop("thinking");
  return said ?? {};
}

const EFFORTS: Readonly<Record<string, Effort>> = {
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "high",
  max: "high",
};

/** A thinking budget up to this many tokens is low effort, above it medium. */
const FEW_TOKENS = 2_048;
const SOME_TOKENS = 8_192;

function effortOf({ type, budget_tokens }: Fields, { effort }: Fields): Effort | null {
  if (type === "disabled") return "none";
  const said = named(EFFORTS, text(effort));
  if (said !== undefined) return said;
  if (type === "adaptive") return "medium";
  if (type !== "enabled") return null;
  const budget = typeof budget_tokens === "number" ? budget_tokens : SOME_TOKENS;
  if (budget <= FEW_TOKENS) return "low";
  return budget <= SOME_TOKENS ? "medium" : "high";
}

function responseFormat({ output_config, output_format }: Fields): Fields | undefined {
  const format = fields(fields(output_config).format ?? output_format);
  if (format.type !== "json_schema") return undefined;
  const { schema } = format;
  const strict = isStrict(schema);
  return { type: "json_schema", json_schema: { name: "answer", schema, strict } };
}

/** OpenAI holds a model to schemas whose objects have no optional and no other fields, and rejects others. */
function isStrict(schema: unknown): boolean {
  if (typeof schema !== "object" || schema === null) return true;
  if (Array.isArray(schema)) return schema.every(isStrict);
  const { type, properties, required, additionalProperties } = fields(schema);
  if (type === "object" || isGiven(properties)) {
    const needed = new Set(list(required));
    const isClosed = additionalProperties === false;
    if (!isClosed || !Object.keys(fields(properties)).every((name) => needed.has(name))) {
      return false;
    }
  }
  return Object.values(schema).every(isStrict);
}
