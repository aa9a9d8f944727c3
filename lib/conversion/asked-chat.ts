/**
 * What a chat completion asks for, read in the same way for every format that it is converted to. Sources:
 * platform.openai.com/docs/api-reference/chat/create; `reasoning` and `include_reasoning` as in openrouter.ai/docs,
 * `thinking` as Anthropic and DeepSeek have it.
 * @module
 */
import { plainArguments, plainFunction } from "./calls/plain-tools";
import { type Fields, fields, isGiven, list, text } from "./json";
import type { Losses } from "./losses";

/** Fields that are read here. */
export const ASKED: readonly string[] = [
  ...["model", "messages", "max_tokens", "max_completion_tokens", "temperature", "top_p", "stop"],
  ...["stream", "stream_options", "tools", "tool_choice", "parallel_tool_calls", "n", "store"],
  ...["response_format", "reasoning_effort", "reasoning", "include_reasoning", "thinking"],
  ...["modalities", "audio", "functions", "function_call", "web_search_options", "logprobs"],
];

/** Rejects what no other format has. */
export function refuseUnspeakable(request: Fields, losses: Losses): void {
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

export interface AskedReasoning {
  /** What the caller wrote it in. */
  readonly field: "reasoning_effort" | "reasoning" | "thinking";
  /** `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`; empty for a number of tokens only. */
  readonly effort: string;
  /** Thinking tokens; null for no number. */
  readonly tokens: number | null;
  /** Whether the thoughts are to be shown, where that has a price. */
  readonly isShown: boolean;
}

/** Null if the request says nothing about it. */
export function askedReasoning(request: Fields): AskedReasoning | null {
  const isShown = request.include_reasoning === true;
  if (isGiven(request.reasoning_effort)) {
    return {
      field: "reasoning_effort",
      effort: text(request.reasoning_effort),
      tokens: null,
      isShown,
    };
  }
  if (isGiven(request.reasoning)) {
    const { effort, max_tokens, enabled } = fields(request.reasoning);
    const byDefault = enabled === true ? "medium" : enabled === false ? "none" : "";
    const tokens = typeof max_tokens === "number" ? max_tokens : null;
    const named = text(effort) || byDefault;
    return named === "" && tokens === null
      ? null
      : { field: "reasoning", effort: named, tokens, isShown };
  }
  const { type, budget_tokens } = fields(request.thinking);
  const tokens = typeof budget_tokens === "number" ? budget_tokens : null;
  if (type === "disabled") return { field: "thinking", effort: "none", tokens: null, isShown };
  if (type !== "enabled" && type !== "adaptive") return null;
  return { field: "thinking", effort: tokens === null ? "medium" : "", tokens, isShown };
}

export interface AskedTool {
  /** The tool as it was written. */
  readonly tool: Fields;
  readonly name: unknown;
  readonly description: unknown;
  readonly parameters: unknown;
  readonly isStrict: boolean;
  /** Whether its input is plain text, not JSON: the parameters have a single text. */
  readonly isPlain: boolean;
}

/** Functions. A tool with plain input becomes one: the model can read its grammar, and is no longer held to it. */
export function askedTools(request: Fields, losses: Losses): readonly AskedTool[] {
  return list(request.tools).map((each, index) => {
    const tool = fields(each);
    if (tool.type === "custom") return plainTool(tool);
    if (isGiven(tool.type) && tool.type !== "function") {
      losses.refuseType(`tools[${index}].type`, tool.type);
    }
    const { name, description, parameters, strict } = fields(tool.function);
    return { tool, name, description, parameters, isStrict: strict === true, isPlain: false };
  });
}

function plainTool(tool: Fields): AskedTool {
  const { name, description, format } = fields(tool.custom);
  const { definition } = fields(fields(format).grammar);
  const said = plainFunction(name, description, text(definition));
  return {
    tool,
    name,
    description: said.description,
    parameters: said.parameters,
    isStrict: false,
    isPlain: true,
  };
}

/** The names of the tools with plain input. */
export function plainTools(request: Fields): readonly string[] {
  return list(request.tools)
    .map(fields)
    .filter(({ type }) => type === "custom")
    .map(({ custom }) => text(fields(custom).name));
}

/** Where no format holds a model to a grammar. */
export function dropGrammars(offered: readonly AskedTool[], losses: Losses): void {
  const isGrammar = ({ tool }: AskedTool) => fields(fields(tool.custom).format).type === "grammar";
  if (offered.some(isGrammar)) losses.drop("tools[].custom.format");
}

export interface AskedCall {
  readonly id: string;
  readonly name: unknown;
  /** JSON, as a rule: a model may have written anything. */
  readonly arguments: string;
}

/** A call in the history. */
export function askedCall(call: Fields): AskedCall {
  const id = text(call.id);
  if (call.type === "custom") {
    const { name, input } = fields(call.custom);
    return { id, name, arguments: plainArguments(input) };
  }
  const { name, arguments: json } = fields(call.function);
  return { id, name, arguments: text(json) };
}

export interface AskedChoice {
  readonly mode: "auto" | "none" | "required";
  /** The tool that must be called; null if no particular one. */
  readonly name: unknown;
  /** Names of the tools that may be called; null if all may. */
  readonly only: ReadonlySet<unknown> | null;
}

/** Null if the request says nothing about it. */
export function askedChoice(choice: unknown): AskedChoice | null {
  if (choice === "auto" || choice === "none" || choice === "required") {
    return { mode: choice, name: null, only: null };
  }
  const { type, function: called, custom, allowed_tools } = fields(choice);
  if (type === "function" || type === "custom") {
    return { mode: "required", name: nameOf({ function: called, custom }), only: null };
  }
  if (type !== "allowed_tools") return null;
  const { mode, tools: allowed } = fields(allowed_tools);
  const names = list(allowed).map((each) => nameOf(fields(each)));
  return { mode: mode === "required" ? "required" : "auto", name: null, only: new Set(names) };
}

function nameOf({ function: called, custom }: Fields): unknown {
  return fields(called).name ?? fields(custom).name;
}

/** RFC 2397: parameters may follow the type. */
const DATA_URL = /^data:([^;,]+)(?:;[^;,]*)*;base64,/i;

/** Null for other addresses. */
export function inlineData(url: string): { readonly type: string; readonly data: string } | null {
  const [head, type] = DATA_URL.exec(url) ?? [];
  return head === undefined || type === undefined ? null : { type, data: url.slice(head.length) };
}

/** An image's address, and how closely to look at it. */
export function askedImage({ image_url }: Fields): {
  readonly url: string;
  readonly detail: unknown;
} {
  const { url, detail } = typeof image_url === "string" ? { url: image_url } : fields(image_url);
  return { url: text(url), detail };
}

/** Stop strings. */
export function askedStops(stop: unknown): readonly string[] {
  return (typeof stop === "string" ? [stop] : list(stop)).map(text);
}

/** The arguments of a call as an object; null if a model wrote something else. */
export function objectOf(value: unknown): Fields | null {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? fields(value) : null;
}
