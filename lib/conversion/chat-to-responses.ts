/**
 * Converts a request of OpenAI's chat completions to one of its Responses, which some models are served by alone.
 * Sources: platform.openai.com/docs/api-reference/chat/create, `/responses/create`, and its guides "Reasoning models"
 * and "Migrate to the Responses API".
 * @module
 */
import {
  ASKED,
  type AskedTool,
  askedCall,
  askedChoice,
  askedImage,
  askedReasoning,
  askedStops,
  askedTools,
  refuseUnspeakable,
} from "./asked-chat";
import { errorText } from "./calls/tool-result";
import { type Fields, fields, given, isGiven, list, text } from "./json";
import { type ConvertedRequest, Losses } from "./losses";
import { sealedThoughts } from "./thought-details";

/** Fields that have the same name and meaning. */
const SAME = [
  ...["metadata", "user", "safety_identifier", "service_tier"],
  ...["prompt_cache_key", "prompt_cache_retention"],
] as const;

const KNOWN: ReadonlySet<string> = new Set([...ASKED, ...SAME, "verbosity"]);

/** OpenAI rejects less. */
const MIN_OUTPUT = 16;

/** Models that reason: they have an effort and encrypted thoughts, and no sampling. */
const REASONS = /^(?:gpt-5|o\d|codex)/;

/**
 * @param model As the provider names it.
 * @throws {ConversionError} naming the field that can't be converted.
 */
export function chatToResponses(body: unknown, model: string): ConvertedRequest {
  const request = fields(body);
  const losses = new Losses();
  refuseUnspeakable(request, losses);
  losses.dropUnknown(request, KNOWN);
  if (request.logprobs === true) losses.drop("logprobs");
  if (askedStops(request.stop).length > 0) losses.drop("stop");
  const isReasoning = REASONS.test(model);
  const converted = given({
    model,
    input: inputItems(list(request.messages).map(fields), losses),
    max_output_tokens: outputLimit(request, losses),
    ...sampling(request, isReasoning, losses),
    ...tools(request, losses),
    ...reasoning(request, model, isReasoning, losses),
    ...textFields(request),
    ...Object.fromEntries(SAME.map((name) => [name, request[name] ?? undefined])),
    store: request.store === true,
    include: isReasoning ? ["reasoning.encrypted_content"] : undefined,
    stream: request.stream === true ? true : undefined,
  });
  return losses.of(converted);
}

function inputItems(messages: readonly Fields[], losses: Losses): Fields[] {
  /** Ids of calls of tools with plain input: their results have another type. */
  const plain = new Set<string>();
  return messages.flatMap((message, index) => {
    for (const call of list(message.tool_calls).map(fields)) {
      if (call.type === "custom") plain.add(text(call.id));
    }
    return items(message, `messages[${index}]`, plain, losses);
  });
}

function items(
  message: Fields,
  place: string,
  plain: ReadonlySet<string>,
  losses: Losses,
): Fields[] {
  const { role, content, tool_calls, refusal, audio } = message;
  if (isGiven(message.name) && role !== "tool") losses.drop("messages[].name");
  switch (role) {
    case "system":
    case "developer":
    case "user":
      return [{ role, content: parts(content, place, losses) }];
    case "tool": {
      const call_id = text(message.tool_call_id);
      const type = plain.has(call_id) ? "custom_tool_call_output" : "function_call_output";
      return [{ type, call_id, output: result(message, place, losses) }];
    }
    case "assistant": {
      if (isGiven(audio)) losses.refuse(`${place}.audio`, "the model does not hear");
      const said = [...saidParts(content), ...refused(refusal)];
      return [
        ...sealedThoughts(message, "openai-responses-v1", losses).map((encrypted_content) => ({
          type: "reasoning",
          summary: [],
          encrypted_content,
        })),
        ...(said.length > 0 ? [{ type: "message", role, content: said }] : []),
        ...list(tool_calls).map((each) => call(fields(each), losses)),
      ];
    }
    default:
      return losses.refuseType(`${place}.role`, role);
  }
}

/** What a call returned. An error is one by its words. */
function result({ content, is_error }: Fields, place: string, losses: Losses): string | Fields[] {
  const said = parts(content, place, losses);
  if (is_error !== true) return said;
  losses.approximate("messages[].is_error");
  if (typeof said === "string") return errorText(said);
  const [first, ...others] = said;
  if (first?.type !== "input_text") return [{ type: "input_text", text: errorText("") }, ...said];
  return [{ ...first, text: errorText(text(first.text)) }, ...others];
}

function call(said: Fields, losses: Losses): Fields {
  if (isGiven(said.extra_content)) losses.drop("tool_calls[].extra_content");
  if (said.type === "custom") {
    const { name, input } = fields(said.custom);
    return { type: "custom_tool_call", call_id: text(said.id), name, input: text(input) };
  }
  const { id, name, arguments: json } = askedCall(said);
  return { type: "function_call", call_id: id, name, arguments: json || "{}" };
}

function saidParts(content: unknown): Fields[] {
  if (typeof content === "string") {
    return content === "" ? [] : [{ type: "output_text", text: content }];
  }
  return list(content).flatMap((each) => {
    const part = fields(each);
    if (part.type === "refusal") return refused(part.refusal);
    return text(part.text) === "" ? [] : [{ type: "output_text", text: text(part.text) }];
  });
}

function refused(refusal: unknown): Fields[] {
  return text(refusal) === "" ? [] : [{ type: "refusal", refusal }];
}

function parts(content: unknown, place: string, losses: Losses): string | Fields[] {
  if (typeof content === "string") return content;
  const said = list(content).map((each, index) =>
    inputPart(fields(each), `${place}.content[${index}]`, losses),
  );
  return said.length === 0 ? "" : said;
}

function inputPart(part: Fields, place: string, losses: Losses): Fields {
  if (isGiven(part.cache_control)) losses.drop("cache_control");
  switch (part.type) {
    case "text":
      return { type: "input_text", text: text(part.text) };
    case "image_url": {
      const { url, detail } = askedImage(part);
      return { type: "input_image", image_url: url, detail: detail ?? "auto" };
    }
    case "file": {
      const { filename, file_data, file_id } = fields(part.file);
      // It doesn't go with a name.
      if (/^https?:/i.test(text(file_data))) return { type: "input_file", file_url: file_data };
      return given({
        type: "input_file",
        filename: filename ?? undefined,
        file_data: file_data ?? undefined,
        file_id: file_id ?? undefined,
      });
    }
    default:
      return losses.refuseType(`${place}.type`, part.type);
  }
}

function outputLimit(request: Fields, losses: Losses): unknown {
  const limit = request.max_completion_tokens ?? request.max_tokens ?? undefined;
  if (typeof limit !== "number" || limit >= MIN_OUTPUT) return limit;
  losses.drop(`max_tokens under ${MIN_OUTPUT}`);
  return MIN_OUTPUT;
}

function sampling(request: Fields, isReasoning: boolean, losses: Losses): Fields {
  const names = ["temperature", "top_p"].filter((name) => isGiven(request[name]));
  if (!isReasoning) return Object.fromEntries(names.map((name) => [name, request[name]]));
  // Reasoning models have only the default.
  for (const name of names) if (request[name] !== 1) losses.drop(name);
  return {};
}

function tools(request: Fields, losses: Losses): Fields {
  const offered = askedTools(request, losses);
  if (offered.length === 0) return {};
  if (offered.some(({ tool }) => isGiven(tool.cache_control))) losses.drop("cache_control");
  return given({
    tools: offered.map(toolOf),
    tool_choice: toolChoice(request.tool_choice, offered),
    parallel_tool_calls: request.parallel_tool_calls === false ? false : undefined,
  });
}

function toolOf({ tool, name, description, parameters, isStrict, isPlain }: AskedTool): Fields {
  if (isPlain) {
    const custom = fields(tool.custom);
    return given({
      type: "custom",
      name,
      description: custom.description ?? undefined,
      format: plainFormat(fields(custom.format)),
    });
  }
  return given({
    type: "function",
    name,
    description: description ?? undefined,
    parameters: parameters ?? { type: "object", properties: {} },
    // True is the default there.
    strict: isStrict,
  });
}

function plainFormat({ type, grammar }: Fields): Fields | undefined {
  if (type !== "grammar") return undefined;
  const { syntax, definition } = fields(grammar);
  return { type, syntax, definition };
}

function toolChoice(said: unknown, offered: readonly AskedTool[]): unknown {
  const choice = askedChoice(said);
  if (choice === null) return undefined;
  const { mode, name, only } = choice;
  const plain = new Set(offered.filter(({ isPlain }) => isPlain).map((tool) => tool.name));
  const chosen = (each: unknown) => ({
    type: plain.has(each) ? "custom" : "function",
    name: each,
  });
  if (isGiven(name)) return chosen(name);
  if (only === null) return mode;
  return { type: "allowed_tools", mode, tools: [...only].map(chosen) };
}

/** A thinking budget up to this many tokens is low effort, above it medium. */
const FEW_TOKENS = 2_048;
const SOME_TOKENS = 8_192;

function reasoning(request: Fields, model: string, isReasoning: boolean, losses: Losses): Fields {
  const asked = askedReasoning(request);
  if (asked === null) return {};
  const { field, tokens, isShown } = asked;
  const effort = asked.effort || effortOf(tokens ?? SOME_TOKENS);
  const said = isReasoning ? effortAt(model, effort) : null;
  // A request not to think loses nothing if it can't be expressed.
  if (said === null && effort !== "none") losses.drop(field);
  const isSummarized = isReasoning && isShown;
  if (said === null && !isSummarized) return {};
  return {
    reasoning: given({
      effort: said ?? undefined,
      summary: isSummarized ? "auto" : undefined,
    }),
  };
}

function effortOf(tokens: number): string {
  if (tokens <= FEW_TOKENS) return "low";
  return tokens <= SOME_TOKENS ? "medium" : "high";
}

/** Null for the model's default: not all have every effort. */
function effortAt(model: string, effort: string): string | null {
  if (model.includes("-pro")) return /^x?high$/.test(effort) ? effort : null;
  if (effort !== "none" && effort !== "minimal") return effort;
  if (model.includes("codex")) return effort === "minimal" ? "low" : null;
  const isNewer = /^gpt-5\.\d/.test(model);
  if (isNewer) return effort === "minimal" ? "low" : effort;
  return /^gpt-5/.test(model) ? "minimal" : null;
}

function textFields({ response_format, verbosity }: Fields): Fields {
  const { type, json_schema } = fields(response_format);
  const { name, schema, strict, description } = fields(json_schema);
  const asked = {
    type,
    name: name ?? undefined,
    schema: schema ?? undefined,
    strict: strict ?? undefined,
    description: description ?? undefined,
  };
  const format = type === "json_schema" || type === "json_object" ? given(asked) : undefined;
  const said = given({ format, verbosity: verbosity ?? undefined });
  return Object.keys(said).length === 0 ? {} : { text: said };
}
