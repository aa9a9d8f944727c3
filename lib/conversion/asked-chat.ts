/**
 * What a chat completion asks for, read in the same way for every format that it is converted to. Sources:
 * platform.openai.com/docs/api-reference/chat/create; `reasoning` and `include_reasoning` as in openrouter.ai/docs,
 * `thinking` as Anthropic and DeepSeek have it.
 * @module
 */
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
}

/** Functions; tools with plain input are rejected. */
export function askedTools(request: Fields, losses: Losses): readonly AskedTool[] {
  return list(request.tools).map((each, index) => {
    const tool = fields(each);
    if (isGiven(tool.type) && tool.type !== "function") {
      losses.refuse(
        `tools[${index}].type`,
        `${JSON.stringify(tool.type)} has no counterpart in this form`,
      );
    }
    const { name, description, parameters, strict } = fields(tool.function);
    return { tool, name, description, parameters, isStrict: strict === true };
  });
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
  const { type, function: called, allowed_tools } = fields(choice);
  if (type === "function") return { mode: "required", name: fields(called).name, only: null };
  if (type !== "allowed_tools") return null;
  const { mode, tools: allowed } = fields(allowed_tools);
  const names = list(allowed).map((each) => fields(fields(each).function).name);
  return { mode: mode === "required" ? "required" : "auto", name: null, only: new Set(names) };
}

const DATA_URL = /^data:([^;,]+);base64,/;

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
