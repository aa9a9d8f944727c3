/**
 * Reads responses of Anthropic's Messages, whole or event by event. Source: platform.claude.com/docs/en/api/messages
 * and `/messages-streaming`.
 * @module
 */
import type { AnswerPart, AnswerUsage, FinishReason } from "./answer-part";
import { errorPart } from "./chat-reader";
import { count, type Fields, fields, isGiven, list, named, text } from "./json";

const REASONS: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  pause_turn: "stop",
  stop_sequence: "stop_string",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tools",
  refusal: "filter",
};

interface ReadCall {
  readonly index: number;
  /** JSON of the input with which it began, which its pieces replace. */
  readonly begun: string;
  hasInput: boolean;
}

/** The parts of a complete message, or of one event of a stream. */
export class MessagesReader {
  /** By the block's index: which call it is, and whether any of its input has arrived. */
  readonly #calls = new Map<number, ReadCall>();
  /** Blocks may have the same index. */
  #begun = 0;
  #usage: Fields = {};

  read(event: unknown): AnswerPart[] {
    const { type, message, index, content_block, delta, usage, error } = fields(event);
    switch (type) {
      case "message":
        return this.#whole(fields(event));
      case "message_start":
        return this.#start(fields(message));
      case "content_block_start":
        return this.#block(count(index), fields(content_block));
      case "content_block_delta":
        return this.#delta(count(index), fields(delta));
      case "content_block_stop":
        return this.#close(count(index));
      case "message_delta":
        return [...this.#usageParts(usage), ...finishParts(fields(delta))];
      case "message_stop":
        return [{ kind: "end" }];
      case "ping":
        return [{ kind: "ping" }];
      default:
        return isGiven(error) ? [errorPart(error)] : [];
    }
  }

  #whole(message: Fields): AnswerPart[] {
    const blocks = list(message.content).flatMap((each, index) => {
      return [...this.#block(index, fields(each)), ...this.#close(index)];
    });
    return [
      ...this.#start(message),
      ...blocks,
      ...this.#usageParts(undefined),
      ...(isGiven(message.stop_reason)
        ? finishParts(message)
        : [{ kind: "finish", reason: "stop", stopString: null } as const]),
    ];
  }

  #start({ id, model, usage }: Fields): AnswerPart[] {
    this.#usage = fields(usage);
    return [{ kind: "start", id: text(id), model: text(model) }];
  }

  /** The report at a stream's end completes the one at its beginning. */
  #usageParts(usage: unknown): AnswerPart[] {
    const later = Object.entries(fields(usage)).filter(([, value]) => isGiven(value));
    this.#usage = { ...this.#usage, ...Object.fromEntries(later) };
    return [{ kind: "usage", usage: usageOf(this.#usage) }];
  }

  #block(at: number, block: Fields): AnswerPart[] {
    switch (block.type) {
      case "text":
        return said("text", block.text);
      case "thinking":
        return [...said("reasoning", block.thinking), ...signed(block.signature)];
      case "redacted_thinking":
        return [{ kind: "sealed", data: text(block.data), format: "anthropic-claude-v1" }];
      case "tool_use": {
        const index = this.#begun;
        this.#begun += 1;
        const begun = JSON.stringify(block.input ?? {});
        this.#calls.set(at, { index, begun, hasInput: false });
        const [id, name] = [text(block.id), text(block.name)];
        return [{ kind: "tool", index, id, name, arguments: "" }];
      }
      default:
        return [];
    }
  }

  #delta(at: number, delta: Fields): AnswerPart[] {
    switch (delta.type) {
      case "text_delta":
        return said("text", delta.text);
      case "thinking_delta":
        return said("reasoning", delta.thinking);
      case "signature_delta":
        return signed(delta.signature);
      case "input_json_delta":
        return this.#input(at, text(delta.partial_json));
      default:
        return [];
    }
  }

  #input(at: number, json: string): AnswerPart[] {
    const call = this.#calls.get(at);
    if (call === undefined || json === "") return [];
    call.hasInput = true;
    return [{ kind: "tool", index: call.index, id: "", name: "", arguments: json }];
  }

  /** A call that streamed nothing has the input with which it began: as a rule, none. */
  #close(at: number): AnswerPart[] {
    const call = this.#calls.get(at);
    return call === undefined || call.hasInput ? [] : this.#input(at, call.begun);
  }
}

function said(kind: "text" | "reasoning", piece: unknown): AnswerPart[] {
  return text(piece) === "" ? [] : [{ kind, text: text(piece) }];
}

function signed(signature: unknown): AnswerPart[] {
  return text(signature) === "" ? [] : [{ kind: "seal", signature: text(signature) }];
}

function finishParts({ stop_reason, stop_sequence }: Fields): AnswerPart[] {
  const stopReason = text(stop_reason);
  if (stopReason === "") return [];
  const stopString = text(stop_sequence) === "" ? null : text(stop_sequence);
  return [{ kind: "finish", reason: named(REASONS, stopReason) ?? "stop", stopString }];
}

function usageOf(usage: Fields): AnswerUsage {
  const cached = count(usage.cache_read_input_tokens);
  const cacheWritten = count(usage.cache_creation_input_tokens);
  return {
    // Here, the cached part isn't included.
    input: count(usage.input_tokens) + cached + cacheWritten,
    cached,
    cacheWritten,
    output: count(usage.output_tokens),
    reasoning: count(fields(usage.output_tokens_details).thinking_tokens),
  };
}
