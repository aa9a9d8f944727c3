/**
 * The usage objects of all providers, as one. Each says with its field names whose it is, so it need not be
 * known which API was asked: compatible endpoints mix them.
 *
 * Sources: openai-node `src/resources/{completions,embeddings,images,responses,audio}`,
 * anthropic-sdk-typescript `src/resources/messages`, js-genai `src/types.ts`, docs.cohere.com, the Bedrock
 * API reference (`TokenUsage`), docs.x.ai, api-docs.deepseek.com, docs.mistral.ai, replicate.com/docs.
 * @module
 */
import { NO_USAGE, type Usage } from "./types";

type Fields = Readonly<Record<string, unknown>>;

/** Null if the object holds no count that is known. */
export function readUsage(fields: Fields): Usage | null {
  const usage = readCounts(fields);
  const isEmpty = Object.values(usage).every((value) => value === null || value === false);
  return isEmpty ? null : usage;
}

function readCounts(fields: Fields): Usage {
  if ("promptTokenCount" in fields || "totalTokenCount" in fields) return google(fields);
  if ("inputTokens" in fields || "outputTokens" in fields) return bedrock(fields);
  if ("billed_units" in fields || "tokens" in fields) return cohere(fields);
  if ("prompt_tokens" in fields || "completion_tokens" in fields) return openAiChat(fields);
  if ("cache_creation_input_tokens" in fields || "cache_read_input_tokens" in fields) {
    return anthropic(fields);
  }
  if ("input_tokens" in fields || "output_tokens" in fields) return openAiResponses(fields);
  if (fields.type === "duration") {
    return { ...NO_USAGE, inputAudioSeconds: count(fields.seconds) };
  }
  return {
    ...NO_USAGE,
    inputTokens: count(fields.input_token_count),
    outputTokens: count(fields.output_token_count),
  };
}

/** Chat, completions and embeddings, and all who copied them. */
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
    reasoningTokens,
    inputAudioTokens: count(prompt.audio_tokens),
    outputAudioTokens: count(completion.audio_tokens),
    inputImageTokens: count(prompt.image_tokens),
    outputImageTokens: count(completion.image_tokens),
  };
}

/** xAI counts reasoning beside the completion, everyone else within: the total tells. */
function withReasoning(
  output: number | null,
  reasoning: number | null,
  input: number | null,
  { total_tokens: total }: Fields,
): number | null {
  if (output === null || reasoning === null || input === null) return output;
  return total === input + output + reasoning ? output + reasoning : output;
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
    reasoningTokens: count(output.reasoning_tokens),
    inputAudioTokens: count(input.audio_tokens),
    outputAudioTokens: count(output.audio_tokens),
    inputImageTokens: count(input.image_tokens),
    outputImageTokens: count(output.image_tokens),
  };
}

/** `input_tokens` is what was neither read from the cache nor written to it. */
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

/** Thoughts stand beside the candidates, cached content within the prompt, tool results beside it. */
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
  };
}

function modality(details: unknown, name: string): number | null {
  if (!Array.isArray(details)) return null;
  const entry = details.map(object).find((each) => each.modality === name);
  return count(entry?.tokenCount);
}

/** What is billed differs from what was read where Cohere adds a prompt of its own. */
function cohere(fields: Fields): Usage {
  const billed = object(fields.billed_units);
  const tokens = object(fields.tokens);
  return {
    ...NO_USAGE,
    inputTokens: count(billed.input_tokens) ?? count(tokens.input_tokens),
    outputTokens: count(billed.output_tokens) ?? count(tokens.output_tokens),
    cachedInputTokens: count(fields.cached_tokens),
  };
}

/** Like Anthropic's, the input is counted without the cache. */
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

function sum(...counts: readonly (number | null)[]): number | null {
  const known = counts.filter((each) => each !== null);
  return known.length === 0 ? null : known.reduce((total, each) => total + each, 0);
}

function count(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
}

function object(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}
