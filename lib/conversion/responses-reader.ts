/**
 * Reads OpenAI's Responses, whole or event by event. Source: platform.openai.com/docs/api-reference/responses-streaming.
 * @module
 */
import type { AnswerPart, AnswerUsage, FinishReason } from "./answer-part";
import { errorPart } from "./chat-reader";
import { count, type Fields, fields, isGiven, list, text } from "./json";

/** What has arrived of an item. */
interface ReadItem {
  /** Which of the response's calls it is; null for anything else. */
  readonly call: number | null;
  isHeard: boolean;
  isDone: boolean;
}

/** The parts of a complete response, or of one event of a stream. */
export class ResponsesReader {
  #isStarted = false;
  #calls = 0;
  /** By their places in the response. */
  readonly #items = new Map<number, ReadItem>();

  read(answer: unknown): AnswerPart[] {
    const event = fields(answer);
    const at = count(event.output_index);
    switch (event.type) {
      case "response.created":
      case "response.in_progress":
        return this.#start(fields(event.response));
      case "response.output_item.added":
        return this.#begin(at, fields(event.item));
      case "response.output_text.delta":
        return this.#hear(at, [{ kind: "text", text: text(event.delta) }]);
      case "response.refusal.delta":
        return this.#hear(at, [{ kind: "refusal", text: text(event.delta) }]);
      case "response.reasoning_summary_text.delta":
      case "response.reasoning_text.delta":
        return this.#hear(at, [{ kind: "reasoning", text: text(event.delta) }]);
      case "response.reasoning_summary_part.added":
        return count(event.summary_index) > 0 ? [{ kind: "reasoning", text: "\n\n" }] : [];
      case "response.function_call_arguments.delta":
      case "response.custom_tool_call_input.delta":
        return this.#hear(at, this.#piece(at, text(event.delta)));
      case "response.output_item.done":
        return this.#done(at, fields(event.item));
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
        return this.#whole(fields(event.response));
      default: {
        if (event.object !== "response")
          return isGiven(event.error) ? [errorPart(event.error)] : [];
        return this.#whole(event).filter(({ kind }) => kind !== "end");
      }
    }
  }

  /** What no earlier event contained: nothing of most streams, everything of a response that isn't streamed. */
  #whole(response: Fields): AnswerPart[] {
    const output = list(response.output).flatMap((item, at) => this.#done(at, fields(item)));
    return [...this.#start(response), ...output, ...this.#finish(response)];
  }

  #start({ id, model }: Fields): AnswerPart[] {
    if (this.#isStarted) return [];
    this.#isStarted = true;
    return [{ kind: "start", id: text(id), model: text(model) }];
  }

  /** A call begins with its name; anything else with its first text. */
  #begin(at: number, item: Fields): AnswerPart[] {
    if (this.#items.has(at)) return [];
    const isPlain = item.type === "custom_tool_call";
    const call = item.type === "function_call" || isPlain ? this.#calls : null;
    this.#items.set(at, { call, isHeard: false, isDone: false });
    if (call === null) return [];
    this.#calls += 1;
    const [id, name] = [text(item.call_id), text(item.name)];
    const begun = { kind: "tool", index: call, id, name, arguments: "" } as const;
    return [isPlain ? { ...begun, isPlain } : begun];
  }

  #hear(at: number, parts: AnswerPart[]): AnswerPart[] {
    const item = this.#items.get(at);
    if (item === undefined) this.#items.set(at, { call: null, isHeard: true, isDone: false });
    else item.isHeard = true;
    return parts;
  }

  #piece(at: number, json: string): AnswerPart[] {
    const index = this.#items.get(at)?.call ?? null;
    if (index === null || json === "") return [];
    return [{ kind: "tool", index, id: "", name: "", arguments: json }];
  }

  /** An item is whole: what no earlier event contained. */
  #done(at: number, item: Fields): AnswerPart[] {
    const begun = this.#begin(at, item);
    const known = this.#items.get(at);
    if (known === undefined || known.isDone) return [];
    known.isDone = true;
    const { isHeard } = known;
    switch (item.type) {
      case "message":
        return isHeard ? [] : list(item.content).flatMap((part) => saidIn(fields(part)));
      case "function_call":
        return isHeard ? begun : [...begun, ...this.#piece(at, text(item.arguments) || "{}")];
      case "custom_tool_call":
        return isHeard ? begun : [...begun, ...this.#piece(at, text(item.input))];
      case "reasoning":
        return [...(isHeard ? [] : thoughtIn(item)), ...sealedIn(item)];
      default:
        return [];
    }
  }

  #finish(response: Fields): AnswerPart[] {
    const { status, incomplete_details, usage, error } = response;
    if (status === "failed" || isGiven(error)) {
      return [errorPart(error ?? "The answer failed.")];
    }
    const cut = text(fields(incomplete_details).reason);
    const reason = CUT[cut] ?? (this.#calls > 0 ? "tools" : "stop");
    return [
      ...(isGiven(usage) ? [{ kind: "usage", usage: usageOf(fields(usage)) } as const] : []),
      { kind: "finish", reason, stopString: null },
      { kind: "end" },
    ];
  }
}

const CUT: Readonly<Record<string, FinishReason>> = {
  max_output_tokens: "length",
  content_filter: "filter",
};

function saidIn(part: Fields): AnswerPart[] {
  if (part.type === "refusal") return [{ kind: "refusal", text: text(part.refusal) }];
  return text(part.text) === "" ? [] : [{ kind: "text", text: text(part.text) }];
}

function thoughtIn({ summary, content }: Fields): AnswerPart[] {
  const texts = [...list(content), ...list(summary)].map((part) => text(fields(part).text));
  const thought = texts.filter((each) => each !== "").join("\n\n");
  return thought === "" ? [] : [{ kind: "reasoning", text: thought }];
}

function sealedIn({ encrypted_content }: Fields): AnswerPart[] {
  const data = text(encrypted_content);
  return data === "" ? [] : [{ kind: "sealed", data, format: "openai-responses-v1" }];
}

function usageOf(usage: Fields): AnswerUsage {
  return {
    input: count(usage.input_tokens),
    cached: count(fields(usage.input_tokens_details).cached_tokens),
    cacheWritten: 0,
    output: count(usage.output_tokens),
    reasoning: count(fields(usage.output_tokens_details).reasoning_tokens),
  };
}
