/**
 * Converts a request of OpenAI's chat completions to one of its Responses, which some models are served by alone.
 * Sources: platform.openai.com/docs/api-reference/chat/create, `/responses/create`, and its guides "Reasoning models"
 * and "Migrate to the Responses API".
 * @module
 */
import {
  ASKED,
  askedChoice,
  askedImage,
  askedReasoning,
  askedStops,
  askedTools,
  refuseUnspeakable,
} from "./asked-chat";
import type { ConvertedRequest } from "./conversion";
import { type Fields, fields, given, isGiven, list, text } from "./json";
import { Losses } from "./losses";
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
    input: list(request.messages).flatMap((each, index) =>
      items(fields(each), `messages[${index}]`, losses),
    ),
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
  return { request: converted, dropped: losses.dropped };
}

function items(message: Fields, place: string, losses: Losses): Fields[] {
  const { role, content, tool_calls, tool_call_id, refusal, audio } = message;
  if (isGiven(message.name) && role !== "tool") losses.drop("messages[].name");
  switch (role) {
    case "system":
    case "developer":
    case "user":
      return [{ role, content: parts(content, place, losses) }];
    case "tool": {
      const output = parts(content, place, losses);
      return [{ type: "function_call_output", call_id: text(tool_call_id), output }];
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
        ...list(tool_calls).map((each) => call(fields(each), place, losses)),
      ];
    }
    default:
      return losses.refuse(`${place}.role`, `${JSON.stringify(role)} has no counterpart`);
  }
}

function call(said: Fields, place: string, losses: Losses): Fields {
  const { id, type, function: called, extra_content } = said;
  if (isGiven(extra_content)) losses.drop("tool_calls[].extra_content");
  if (type === "custom") {
    losses.refuse(`${place}.tool_calls`, "tools with plain input are not converted");
  }
  const { name, arguments: json } = fields(called);
  return { type: "function_call", call_id: text(id), name, arguments: text(json) || "{}" };
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
      return given({
        type: "input_file",
        filename: filename ?? undefined,
        file_data: file_data ?? undefined,
        file_id: file_id ?? undefined,
      });
    }
    default:
      return losses.refuse(
        `${place}.type`,
        `${JSON.stringify(part.type)} has no counterpart in this form`,
      );
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
    tools: offered.map(({ name, description, parameters, isStrict }) => ({
      type: "function",
      name,
      description: description ?? undefined,
      parameters: parameters ?? { type: "object", properties: {} },
      // True is the default there.
      strict: isStrict,
    })),
    tool_choice: toolChoice(request.tool_choice),
    parallel_tool_calls: request.parallel_tool_calls === false ? false : undefined,
  });
}

function toolChoice(said: unknown): unknown {
  const choice = askedChoice(said);
  if (choice === null) return undefined;
  const { mode, name, only } = choice;
  if (isGiven(name)) return { type: "function", name };
  if (only === null) return mode;
  const allowed = [...only].map((each) => ({ type: "function", name: each }));
  return { type: "allowed_tools", mode, tools: allowed };
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
