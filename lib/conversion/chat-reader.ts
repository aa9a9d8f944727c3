/**
 * Reads responses of chat completions, whole or in pieces. Source: platform.openai.com/docs/api-reference/chat and
 * `/chat-streaming`; `reasoning_content` is DeepSeek's and vLLM's, `reasoning` OpenRouter's and Groq's, `stop_reason`
 * vLLM's, `matched_stop` SGLang's, `extra_content` Gemini's.
 * @module
 */
import type { AnswerPart, AnswerUsage, FinishReason } from "./answer-part";
import { count, type Fields, fields, isGiven, list, named, text } from "./json";

const REASONS: Readonly<Record<string, FinishReason>> = {
  stop: "stop",
  length: "length",
  tool_calls: "tools",
  function_call: "tools",
  content_filter: "filter",
};

/** The parts of a complete response, or of one piece of a stream. */
export class ChatReader {
  #isStarted = false;

  read(answer: unknown): AnswerPart[] {
    const { id, model, choices, usage, error, x_groq } = fields(answer);
    if (isGiven(error)) return [errorPart(error)];
    const parts: AnswerPart[] = [];
    if (!this.#isStarted && (isGiven(choices) || isGiven(id))) {
      this.#isStarted = true;
      parts.push({ kind: "start", id: text(id), model: text(model) });
    }
    // One response was requested, so there is one choice.
    const choice = fields(list(choices)[0]);
    const failure = choiceError(choice);
    if (failure !== null) return [...parts, failure];
    parts.push(...messageParts(fields(choice.delta ?? choice.message)), ...finishParts(choice));
    // Moonshot reports it in the choice, Groq beside the choices.
    const report = usage ?? choice.usage ?? fields(x_groq).usage;
    if (isGiven(report)) parts.push({ kind: "usage", usage: usageOf(fields(report)) });
    return parts;
  }
}

function messageParts(message: Fields): AnswerPart[] {
  const reasoning = text(message.reasoning_content) || text(message.reasoning);
  const calls = list(message.tool_calls).map((each, place): AnswerPart => {
    const call = fields(each);
    const { name, arguments: args } = fields(call.function);
    const index = typeof call.index === "number" ? call.index : place;
    const json = typeof args === "object" && args !== null ? JSON.stringify(args) : text(args);
    const part = {
      kind: "tool",
      index,
      id: text(call.id),
      name: text(name),
      arguments: json,
    } as const;
    // Gemini's thought signatures.
    return isGiven(call.extra_content) ? { ...part, state: fields(call.extra_content) } : part;
  });
  return [
    ...(reasoning === "" ? [] : [{ kind: "reasoning", text: reasoning } as const]),
    ...contentParts(message.content),
    ...list(message.images).flatMap((each) => pictureIn(fields(each))),
    ...(text(message.refusal) === ""
      ? []
      : [{ kind: "refusal", text: text(message.refusal) } as const]),
    ...calls,
  ];
}

/** A text; some services send a list of parts (for Mistral, including thoughts). */
function contentParts(content: unknown): AnswerPart[] {
  if (typeof content === "string") return content === "" ? [] : [{ kind: "text", text: content }];
  return list(content).flatMap((each): AnswerPart[] => {
    const part = fields(each);
    if (part.type === "thinking") {
      const thought = list(part.thinking).map((piece) => text(fields(piece).text));
      return [{ kind: "reasoning", text: thought.join("") }];
    }
    return text(part.text) === "" ? [] : [{ kind: "text", text: text(part.text) }];
  });
}

/** OpenRouter's pictures. No format has them in responses; clients that show Markdown show this. */
function pictureIn({ image_url }: Fields): AnswerPart[] {
  const url = text(fields(image_url).url);
  return url === "" ? [] : [{ kind: "text", text: `![](${url})` }];
}

function finishParts(choice: Fields): AnswerPart[] {
  const finishReason = text(choice.finish_reason);
  if (finishReason === "") return [];
  const matched = [choice.matched_stop, choice.stop_reason].find(
    (each) => typeof each === "string" && each !== "",
  );
  const stopString = typeof matched === "string" && finishReason === "stop" ? matched : null;
  const reason = stopString === null ? (named(REASONS, finishReason) ?? "stop") : "stop_string";
  return [{ kind: "finish", reason, stopString }];
}

function usageOf(usage: Fields): AnswerUsage {
  const read = fields(usage.prompt_tokens_details);
  const written = fields(usage.completion_tokens_details);
  return {
    input: count(usage.prompt_tokens),
    cached: count(read.cached_tokens) || count(usage.prompt_cache_hit_tokens),
    cacheWritten: count(read.cache_write_tokens) || count(read.cache_creation_tokens),
    output: count(usage.completion_tokens),
    reasoning: count(written.reasoning_tokens),
  };
}

/** The error of the service behind a router (OpenRouter): a response that ended like this has no regular end. */
function choiceError({ error, finish_reason }: Fields): AnswerPart | null {
  if (isGiven(error)) return errorPart(error);
  if (finish_reason !== "error") return null;
  return errorPart("The service that answered failed.");
}

/** An error in the format of such services: `{error: {message, type, code, status}}`, or `{error: "…"}`. */
export function errorPart(error: unknown): Extract<AnswerPart, { kind: "error" }> {
  if (typeof error === "string") return { kind: "error", type: "", message: error };
  const { message, type, code, status } = fields(error);
  // An event's type isn't the error's.
  const named = type === "error" ? "" : text(type);
  return { kind: "error", type: named || text(code) || text(status), message: text(message) };
}
