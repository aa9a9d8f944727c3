/**
 * Random Messages responses of all shapes: their content, and the events in which they are streamed.
 * @module
 */
import fc from "fast-check";
import { pieces } from "./chat-answers.ts";

export interface MessagesAnswer {
  readonly blocks: readonly MessageBlock[];
  readonly stop: "end_turn" | "max_tokens" | "tool_use" | "stop_sequence" | "refusal";
  readonly usage: { readonly input: number; readonly cached: number; readonly output: number };
  /** Splits texts and inputs at these lengths in turn. */
  readonly cuts: readonly number[];
}

export type MessageBlock =
  | { readonly type: "thinking"; readonly thinking: string; readonly signature: string }
  | { readonly type: "redacted_thinking"; readonly data: string }
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "tool_use";
      readonly id: string;
      readonly name: string;
      readonly input: object;
    };

const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 });
const sealed = fc.base64String({ minLength: 4, maxLength: 20 });

const thoughts: fc.Arbitrary<MessageBlock> = fc.oneof(
  fc.record({ type: fc.constant("thinking" as const), thinking: words, signature: sealed }),
  fc.record({ type: fc.constant("redacted_thinking" as const), data: sealed }),
);
const texts: fc.Arbitrary<MessageBlock> = fc.record({
  type: fc.constant("text" as const),
  text: words,
});

export const messagesAnswers: fc.Arbitrary<MessagesAnswer> = fc
  .record({
    thoughts: fc.array(thoughts, { maxLength: 2 }),
    texts: fc.array(texts, { maxLength: 2 }),
    inputs: fc.array(fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), fc.jsonValue()), {
      maxLength: 3,
    }),
    usage: fc.record({
      input: fc.integer({ min: 0, max: 9_999 }),
      cached: fc.integer({ min: 0, max: 99 }),
      output: fc.integer({ min: 1, max: 999 }),
    }),
    cuts: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 }),
    stop: fc.constantFrom("end_turn", "max_tokens", "stop_sequence", "refusal"),
  })
  .map(({ thoughts, texts, inputs, stop, ...rest }) => ({
    ...rest,
    blocks: [
      ...thoughts,
      ...texts,
      ...inputs.map((input, index) => ({
        type: "tool_use" as const,
        id: `toolu_${index}`,
        name: `tool_${index}`,
        // JSON as both sides read it.
        input: JSON.parse(JSON.stringify(input)) as object,
      })),
    ],
    stop: inputs.length > 0 ? "tool_use" : stop,
  }));

const stopFields = ({ stop }: MessagesAnswer) => ({
  stop_reason: stop,
  stop_sequence: stop === "stop_sequence" ? "END" : null,
});

const inputUsage = ({ usage }: MessagesAnswer) => ({
  input_tokens: usage.input,
  cache_read_input_tokens: usage.cached,
  cache_creation_input_tokens: 0,
});

const head = { id: "msg_1", type: "message", role: "assistant", model: "m" };

/** As one JSON body. */
export function wholeMessagesAnswer(answer: MessagesAnswer): object {
  const usage = { ...inputUsage(answer), output_tokens: answer.usage.output };
  return { ...head, content: answer.blocks, ...stopFields(answer), usage };
}

function blockEvents(block: MessageBlock, index: number, cuts: readonly number[]): object[] {
  const begin = (content_block: object) => ({ type: "content_block_start", index, content_block });
  const deltas = (type: string, field: string, text: string) =>
    pieces(text, cuts).map((piece) => ({
      type: "content_block_delta",
      index,
      delta: { type, [field]: piece },
    }));
  const end = { type: "content_block_stop", index };
  switch (block.type) {
    case "redacted_thinking":
      return [begin(block), end];
    case "thinking": {
      const delta = { type: "signature_delta", signature: block.signature };
      return [
        begin({ type: "thinking", thinking: "", signature: "" }),
        ...deltas("thinking_delta", "thinking", block.thinking),
        { type: "content_block_delta", index, delta },
        end,
      ];
    }
    case "text":
      return [begin({ type: "text", text: "" }), ...deltas("text_delta", "text", block.text), end];
    case "tool_use": {
      const json = JSON.stringify(block.input);
      const first = {
        type: "content_block_delta",
        index,
        delta: { type: "input_json_delta", partial_json: "" },
      };
      return [
        begin({ ...block, input: {} }),
        first,
        // A call without input sends none.
        ...(json === "{}" ? [] : deltas("input_json_delta", "partial_json", json)),
        end,
      ];
    }
  }
}

/** The events of its stream. */
export function messagesEvents(answer: MessagesAnswer): readonly { readonly type: string }[] {
  const message = {
    ...head,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...inputUsage(answer), output_tokens: 1 },
  };
  const events = [
    { type: "message_start", message },
    { type: "ping" },
    ...answer.blocks.flatMap((block, index) => blockEvents(block, index, answer.cuts)),
    {
      type: "message_delta",
      delta: stopFields(answer),
      usage: { output_tokens: answer.usage.output },
    },
    { type: "message_stop" },
  ];
  return events as readonly { readonly type: string }[];
}

export function messagesStream(answer: MessagesAnswer): string {
  return messagesEvents(answer)
    .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    .join("");
}
