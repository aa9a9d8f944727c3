/**
 * The usage objects of all providers, in one format. Each is recognized by its field names, so the API that was called
 * needn't be known: compatible endpoints mix them.
 *
 * Sources: openai-node `src/resources/{completions,embeddings,images,responses,audio}`, anthropic-sdk-typescript
 * `src/resources/messages`, js-genai `src/types.ts`, docs.cohere.com, the Bedrock API reference (`TokenUsage`),
 * docs.x.ai, api-docs.deepseek.com, docs.mistral.ai, replicate.com/docs, openrouter.ai/docs, docs.perplexity.ai.
 * @module
 */
import {
  NO_USAGE,
  type Tier,
  TOOLS,
  type Tool,
  type ToolCalls,
  type Unit,
  type Units,
  USAGE_COUNTS,
  type Usage,
} from "./types";

type Fields = Readonly<Record<string, unknown>>;

/** Null if the object contains nothing known. */
export function readUsage(fields: Fields): Usage | null {
  const counts = withinWhole(readCounts(renamed(fields)));
  const usage = {
    ...counts,
    tools: serverTools(fields),
    tier:
      tierNamed(fields.speed) ??
      tierNamed(fields.service_tier ?? fields.serviceTier) ??
      counts.tier,
    isUsOnly: fields.inference_geo === "us",
    reportedNanoUsd: reportedNanoUsd(fields),
  };
  return SUBSTANCE.every((name) => usage[name] === null) ? null : usage;
}

/** A part is at most the whole it belongs to: an excess has no price. Parts without a whole are the whole. */
function withinWhole(usage: Usage): Usage {
  const { cachedInputTokens, cacheWriteTokens, reasoningTokens } = usage;
  const inputTokens = usage.inputTokens ?? sum(cachedInputTokens, cacheWriteTokens);
  const outputTokens = usage.outputTokens ?? reasoningTokens;
  const input = inputTokens ?? Number.POSITIVE_INFINITY;
  const output = outputTokens ?? Number.POSITIVE_INFINITY;
  const cached = atMost(cachedInputTokens, input);
  const written = atMost(cacheWriteTokens, input - (cached ?? 0));
  return {
    ...usage,
    inputTokens,
    outputTokens,
    cachedInputTokens: cached,
    cacheWriteTokens: written,
    cacheWriteHourTokens: atMost(usage.cacheWriteHourTokens, written ?? input),
    reasoningTokens: atMost(reasoningTokens, output),
    inputAudioTokens: atMost(usage.inputAudioTokens, input),
    inputImageTokens: atMost(usage.inputImageTokens, input),
    outputAudioTokens: atMost(usage.outputAudioTokens, output),
    outputImageTokens: atMost(usage.outputImageTokens, output),
    cachedAudioTokens: atMost(usage.cachedAudioTokens, cached ?? input),
  };
}

function atMost(part: number | null, whole: number): number | null {
  return part === null ? null : Math.min(part, whole);
}

/**
 * Combines the first and the last report, if an API splits its report: Anthropic reports the input in the first and the
 * output in the last. The last one's input replaces the first one's, unless it is empty; fields that it doesn't contain
 * stay as first reported.
 */
export function mergedReports(first: Fields, last: Fields): Fields {
  const [before, after] = [renamed(first), renamed(last)];
  if (!isAnthropic(before)) return after;
  const hasInput = ANTHROPIC_INPUT.some((name) => (count(after[name]) ?? 0) > 0);
  if (hasInput) return { ...before, ...after };
  const rest = Object.entries(after).filter(([name]) => !ANTHROPIC_INPUT.includes(name));
  return { ...before, ...Object.fromEntries(rest) };
}

const ANTHROPIC_INPUT: readonly string[] = [
  "input_tokens",
  "cache_read_input_tokens",
  "cache_creation_input_tokens",
  "cache_creation",
];

function isAnthropic(fields: Fields): boolean {
  return "input_tokens" in fields && !("input_tokens_details" in fields);
}

/** Bedrock sums up streams of every model as metrics of the invocation. */
function renamed(fields: Fields): Fields {
  if (!("inputTokenCount" in fields || "outputTokenCount" in fields)) return fields;
  const { inputTokenCount, outputTokenCount, cacheReadInputTokenCount } = fields;
  const { cacheWriteInputTokenCount } = fields;
  return {
    ...(inputTokenCount !== undefined && { input_tokens: inputTokenCount }),
    ...(outputTokenCount !== undefined && { output_tokens: outputTokenCount }),
    ...(cacheReadInputTokenCount !== undefined && {
      cache_read_input_tokens: cacheReadInputTokenCount,
    }),
    ...(cacheWriteInputTokenCount !== undefined && {
      cache_creation_input_tokens: cacheWriteInputTokenCount,
    }),
  };
}

function readCounts(fields: Fields): Usage {
  if ("promptTokenCount" in fields || "totalTokenCount" in fields) return google(fields);
  if ("total_input_tokens" in fields || "totalInputTokens" in fields) return interactions(fields);
  if ("inputTokens" in fields || "outputTokens" in fields) return bedrock(fields);
  if ("billed_units" in fields || "tokens" in fields) return cohere(fields);
  if ("search_units" in fields) return cohere({ billed_units: fields });
  if ("prompt_tokens" in fields || "completion_tokens" in fields) return openAiChat(fields);
  if (Array.isArray(fields.iterations) && fields.iterations.length > 0) {
    return ofIterations(fields, fields.iterations.map(object));
  }
  if ("cache_creation_input_tokens" in fields || "cache_read_input_tokens" in fields) {
    return anthropic(fields);
  }
  if ("input_tokens" in fields || "output_tokens" in fields) return openAiResponses(fields);
  if (fields.type === "duration") {
    return { ...NO_USAGE, inputAudioSeconds: count(fields.seconds) };
  }
  const pages = count(fields.pages_processed);
  return {
    ...NO_USAGE,
    // A total alone belongs to models that only read: embeddings, reranking.
    inputTokens: count(fields.input_token_count) ?? count(fields.total_tokens),
    outputTokens: count(fields.output_token_count),
    units: pages === null ? null : { pages },
  };
}

const NANO_PER_USD = 1e9;
/** docs.x.ai, "Cost tracking": 1 USD is 10,000,000,000 ticks. */
const TICKS_PER_NANO_USD = 10;

/**
 * The amount that the response reports as charged, in 1e-9 US dollars. OpenRouter: `cost`, and next to it what a key of
 * one's own was charged upstream ("Usage accounting"); xAI: `cost_in_usd_ticks`; Perplexity: `cost.total_cost`;
 * DeepInfra: `estimated_cost`.
 */
function reportedNanoUsd(fields: Fields): number | null {
  const ticks = count(fields.cost_in_usd_ticks, MOST_USD * TICKS_PER_NANO_USD * NANO_PER_USD);
  if (ticks !== null) return Math.round(ticks / TICKS_PER_NANO_USD);
  const inUsd = (value: unknown) => count(value, MOST_USD);
  const usd =
    inUsd(fields.cost) ?? inUsd(object(fields.cost).total_cost) ?? inUsd(fields.estimated_cost);
  if (usd === null) return null;
  const upstream =
    fields.is_byok === true ? inUsd(object(fields.cost_details).upstream_inference_cost) : null;
  return Math.round((usd + (upstream ?? 0)) * NANO_PER_USD);
}

/** Calls of the provider's own tools, as far as the usage object counts them. */
function serverTools(fields: Fields): ToolCalls | null {
  if (!("server_tool_use" in fields || "grounding_tool_count" in fields)) return null;
  const webSearch = count(object(fields.server_tool_use).web_search_requests) ?? 0;
  const grounding = Array.isArray(fields.grounding_tool_count) ? fields.grounding_tool_count : [];
  const groundingQuery = grounding
    .map(object)
    .filter(({ type }) => type === "google_search")
    .reduce((total, each) => total + (count(each.count) ?? 0), 0);
  return toolCalls({ webSearch, groundingQuery, groundedPrompt: Math.min(1, groundingQuery) });
}

/** Those that were called; null for none. */
export function toolCalls(calls: ToolCalls): ToolCalls | null {
  const made = Object.entries(calls).filter(([, times]) => times > 0);
  return made.length === 0 ? null : Object.fromEntries(made);
}

/** OpenAI calls its priority processing `fast` since July 2026; Anthropic's `fast` is a speed. */
export function tierNamed(name: unknown): Tier | null {
  switch (name) {
    case "flex":
    case "priority":
    case "batch":
    case "fast":
      return name;
    default:
      return null;
  }
}

/** Chat, completions and embeddings, and everyone who copied them. */
function openAiChat(fields: Fields): Usage {
  const prompt = object(fields.prompt_tokens_details);
  const completion = object(fields.completion_tokens_details);
  const inputTokens = count(fields.prompt_tokens);
  const reasoningTokens = count(completion.reasoning_tokens) ?? count(fields.reasoning_tokens);
  return {
    ...NO_USAGE,
    inputTokens,
    outputTokens: withReasoning(
      count(fields.completion_tokens),
      reasoningTokens,
      inputTokens,
      fields,
    ),
    cachedInputTokens:
      count(prompt.cached_tokens) ??
      count(fields.prompt_cache_hit_tokens) ??
      count(fields.num_cached_tokens) ??
      count(fields.cached_tokens),
    cacheWriteTokens: count(prompt.cache_write_tokens),
    cachedAudioTokens: count(object(prompt.cached_tokens_details).audio_tokens),
    reasoningTokens,
    inputAudioTokens: count(prompt.audio_tokens),
    outputAudioTokens: count(completion.audio_tokens),
    inputImageTokens: count(prompt.image_tokens),
    outputImageTokens: count(completion.image_tokens),
    // Mistral bills transcriptions by their length.
    inputAudioSeconds: count(fields.prompt_audio_seconds),
  };
}

/**
 * xAI counts reasoning in addition to the completion, everyone else within it: recognized by the total, or because it
 * is larger.
 */
function withReasoning(
  output: number | null,
  reasoning: number | null,
  input: number | null,
  { total_tokens: total }: Fields,
): number | null {
  if (output === null || reasoning === null || input === null) return output;
  const isBeside = reasoning > output || total === input + output + reasoning;
  return isBeside ? output + reasoning : output;
}

/** Responses, images and transcriptions. */
function openAiResponses(fields: Fields): Usage {
  const input = object(fields.input_tokens_details ?? fields.input_token_details);
  const output = object(fields.output_tokens_details ?? fields.output_token_details);
  return {
    ...NO_USAGE,
    inputTokens: count(fields.input_tokens),
    outputTokens: count(fields.output_tokens),
    cachedInputTokens: count(input.cached_tokens),
    cacheWriteTokens: count(input.cache_write_tokens),
    cachedAudioTokens: count(object(input.cached_tokens_details).audio_tokens),
    reasoningTokens: count(output.reasoning_tokens),
    inputAudioTokens: count(input.audio_tokens),
    outputAudioTokens: count(output.audio_tokens),
    inputImageTokens: count(input.image_tokens),
    outputImageTokens: count(output.image_tokens),
  };
}

/** `input_tokens` doesn't include cache reads and writes. */
function anthropic(fields: Fields): Usage {
  const read = count(fields.cache_read_input_tokens);
  const written = count(fields.cache_creation_input_tokens);
  return {
    ...NO_USAGE,
    inputTokens: sum(count(fields.input_tokens), read, written),
    outputTokens: count(fields.output_tokens),
    cachedInputTokens: read,
    cacheWriteTokens: written,
    cacheWriteHourTokens: count(object(fields.cache_creation).ephemeral_1h_input_tokens),
    reasoningTokens: count(object(fields.output_tokens_details).thinking_tokens),
  };
}

/**
 * One call may consist of several passes: a compaction or an advisor is billed, and isn't in the counts above it
 * (Anthropic, "Compaction" and "Advisor tool"). A pass that names its model belongs to that one.
 */
function ofIterations(fields: Fields, passes: readonly Fields[]): Usage {
  const parts = passes.map((pass) => ({
    ...anthropic(pass),
    model: typeof pass.model === "string" ? pass.model : null,
  }));
  return {
    ...parts.reduce(added, NO_USAGE),
    reasoningTokens: count(object(fields.output_tokens_details).thinking_tokens),
    parts: parts.length > 1 ? parts : null,
  };
}

/** One with the counts of both. */
export function added(one: Usage, other: Usage): Usage {
  const sums = USAGE_COUNTS.map((name) => [name, sum(one[name], other[name])]);
  const both = (tool: Tool) => (one.tools?.[tool] ?? 0) + (other.tools?.[tool] ?? 0);
  return {
    ...one,
    ...Object.fromEntries(sums),
    reportedNanoUsd: sum(one.reportedNanoUsd, other.reportedNanoUsd),
    tools: toolCalls(Object.fromEntries(TOOLS.map((tool) => [tool, both(tool)]))),
  };
}

/** Gemini's Interactions API also counts thoughts and tool results separately. */
function interactions(fields: Fields): Usage {
  const counter = (name: string) => count(fields[name]) ?? count(fields[camelCase(name)]);
  const audio = (name: string) => modality(fields[name] ?? fields[camelCase(name)], "AUDIO");
  const image = (name: string) => modality(fields[name] ?? fields[camelCase(name)], "IMAGE");
  const thoughts = counter("total_thought_tokens");
  return {
    ...NO_USAGE,
    inputTokens: sum(counter("total_input_tokens"), counter("total_tool_use_tokens")),
    outputTokens: sum(counter("total_output_tokens"), thoughts),
    cachedInputTokens: counter("total_cached_tokens"),
    reasoningTokens: thoughts,
    inputAudioTokens: audio("input_tokens_by_modality"),
    outputAudioTokens: audio("output_tokens_by_modality"),
    inputImageTokens: image("input_tokens_by_modality"),
    outputImageTokens: image("output_tokens_by_modality"),
    cachedAudioTokens: audio("cached_tokens_by_modality"),
  };
}

const camelCase = (name: string) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

/** Thoughts are counted separately from the candidates, cached content within the prompt, tool results separately. */
function google(fields: Fields): Usage {
  const thoughts = count(fields.thoughtsTokenCount);
  const candidates = count(fields.candidatesTokenCount) ?? count(fields.responseTokenCount);
  const outputDetails = fields.candidatesTokensDetails ?? fields.responseTokensDetails;
  return {
    ...NO_USAGE,
    inputTokens: sum(count(fields.promptTokenCount), count(fields.toolUsePromptTokenCount)),
    outputTokens: sum(candidates, thoughts),
    cachedInputTokens: count(fields.cachedContentTokenCount),
    reasoningTokens: thoughts,
    inputAudioTokens: modality(fields.promptTokensDetails, "AUDIO"),
    outputAudioTokens: modality(outputDetails, "AUDIO"),
    inputImageTokens: modality(fields.promptTokensDetails, "IMAGE"),
    outputImageTokens: modality(outputDetails, "IMAGE"),
    cachedAudioTokens: modality(fields.cacheTokensDetails, "AUDIO"),
    tier: vertexTier(fields.trafficType),
  };
}

/** `ON_DEMAND_FLEX`, `ON_DEMAND_PRIORITY`. */
function vertexTier(trafficType: unknown): Tier | null {
  return typeof trafficType === "string"
    ? tierNamed(trafficType.replace(/^ON_DEMAND_/, "").toLowerCase())
    : null;
}

function modality(details: unknown, name: string): number | null {
  if (!Array.isArray(details)) return null;
  const isNamed = (each: Fields) =>
    typeof each.modality === "string" && each.modality.toUpperCase() === name;
  const entry = details.map(object).find(isNamed);
  return count(entry?.tokenCount) ?? count(entry?.tokens);
}

/** The billed input differs from what was read if Cohere adds its own prompt. */
function cohere(fields: Fields): Usage {
  const billed = object(fields.billed_units);
  const tokens = object(fields.tokens);
  return {
    ...NO_USAGE,
    inputTokens: count(billed.input_tokens) ?? count(tokens.input_tokens),
    outputTokens: count(billed.output_tokens) ?? count(tokens.output_tokens),
    cachedInputTokens: count(fields.cached_tokens),
    units: unitsOf({ searches: count(billed.search_units), images: count(billed.images) }),
  };
}

function unitsOf(counts: Readonly<Partial<Record<Unit, number | null>>>): Units | null {
  const sold = Object.entries(counts).filter(([, value]) => value !== null && value > 0);
  return sold.length === 0 ? null : Object.fromEntries(sold);
}

/** As with Anthropic, the input is counted without the cache. */
function bedrock(fields: Fields): Usage {
  const read = count(fields.cacheReadInputTokens);
  const written = count(fields.cacheWriteInputTokens);
  return {
    ...NO_USAGE,
    inputTokens: sum(count(fields.inputTokens), read, written),
    outputTokens: count(fields.outputTokens),
    cachedInputTokens: read,
    cacheWriteTokens: written,
  };
}

/** What makes an object a report: the rest says how it came about. */
const SUBSTANCE = [...USAGE_COUNTS, "units", "tools", "reportedNanoUsd"] as const;

function sum(...counts: readonly (number | null)[]): number | null {
  const known = counts.filter((each) => each !== null);
  return known.length === 0 ? null : known.reduce((total, each) => total + each, 0);
}

/** No response has a larger count: beyond it, a program wrote a number that it had counted below zero. */
const MOST_COUNTED = 1e9;
const MOST_USD = 1e6;

function count(value: unknown, most: number = MOST_COUNTED): number | null {
  return typeof value === "number" && value >= 0 && value <= most ? value : null;
}

function object(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}
