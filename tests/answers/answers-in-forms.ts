/**
 * The same response in each of the API formats, whole and streamed: what a service that speaks only this format would
 * send.
 * @module
 */
import type { ConvertibleForm } from "../../lib/conversion/conversion.ts";
import { type ChatAnswer, chatStream, pieces, wholeChatAnswer } from "./chat-answers.ts";
import { type MessageBlock, messagesStream, wholeMessagesAnswer } from "./messages-answers.ts";

export interface WrittenAnswer {
  whole(answer: ChatAnswer): object;
  /** As Server-Sent Events. */
  stream(answer: ChatAnswer): string;
}

export const ANSWERS: Readonly<Record<ConvertibleForm, WrittenAnswer>> = {
  chat: { whole: wholeChatAnswer, stream: chatStream },
  messages: {
    whole: (answer) => wholeMessagesAnswer(asMessage(answer)),
    stream: (answer) => messagesStream(asMessage(answer)),
  },
  responses: {
    whole: (answer) => response(answer, items(answer)),
    stream: (answer) => sse(responseEvents(answer)),
  },
  gemini: {
    whole: (answer) => geminiPiece(geminiParts(answer), answer),
    stream: (answer) => sse(geminiPieces(answer)),
  },
};

/** What a provider adds to its thoughts and calls, and has to get back. */
export const OPAQUE = {
  responses: (answer: ChatAnswer) => `gAAAA${answer.reasoning}`,
  gemini: (answer: ChatAnswer) => `c2ln${answer.reasoning.length}`,
} as const;

function sse(events: readonly object[]): string {
  return events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
}

function asMessage({ reasoning, text, calls, finish, usage, cuts }: ChatAnswer) {
  const thought: MessageBlock = { type: "thinking", thinking: reasoning, signature: "sig" };
  const blocks: readonly MessageBlock[] = [
    ...(reasoning === "" ? [] : [thought]),
    ...(text === "" ? [] : [{ type: "text", text } as const]),
    ...calls.map((call) => ({ type: "tool_use", ...call }) as const),
  ];
  const stop = ({ stop: "end_turn", length: "max_tokens", tool_calls: "tool_use" } as const)[
    finish
  ];
  const { input, cached, output } = usage;
  return { blocks, stop, usage: { input: input - cached, cached, output }, cuts };
}

function items(answer: ChatAnswer): object[] {
  const { reasoning, text, calls } = answer;
  const thought = {
    id: "rs_1",
    type: "reasoning",
    summary: [{ type: "summary_text", text: reasoning }],
    encrypted_content: OPAQUE.responses(answer),
  };
  const content = [{ type: "output_text", text, annotations: [], logprobs: [] }];
  const said = { id: "msg_1", type: "message", role: "assistant", status: "completed", content };
  return [
    ...(reasoning === "" ? [] : [thought]),
    ...(text === "" ? [] : [said]),
    ...calls.map(({ id, name, input }) => ({
      id: `fc_${id}`,
      type: "function_call",
      call_id: id,
      name,
      arguments: JSON.stringify(input),
      status: "completed",
    })),
  ];
}

function response({ finish, usage }: ChatAnswer, output: readonly object[]): object {
  const isCut = finish === "length";
  return {
    id: "resp_1",
    object: "response",
    created_at: 1,
    model: "m",
    status: isCut ? "incomplete" : "completed",
    incomplete_details: isCut ? { reason: "max_output_tokens" } : null,
    error: null,
    output,
    usage: {
      input_tokens: usage.input,
      input_tokens_details: { cached_tokens: usage.cached },
      output_tokens: usage.output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: usage.input + usage.output,
    },
  };
}

/** An item's texts arrive in pieces, and the whole item once more at its end. */
function responseEvents(answer: ChatAnswer): object[] {
  const { reasoning, text, calls, finish, cuts } = answer;
  const whole = items(answer) as readonly { id: string; type: string }[];
  const begun = { ...response(answer, []), status: "in_progress", usage: null };
  const events = whole.flatMap((item, output_index) => {
    const { call_id: id } = item as { call_id?: string };
    const at = { output_index, item_id: item.id };
    const empty = {
      ...item,
      summary: [],
      content: [],
      arguments: "",
      encrypted_content: undefined,
    };
    const input = calls.find((call) => call.id === id)?.input;
    const [event, said] = {
      reasoning: ["reasoning_summary_text", reasoning] as const,
      message: ["output_text", text] as const,
      function_call: ["function_call_arguments", JSON.stringify(input)] as const,
    }[item.type as "message"];
    return [
      { type: "response.output_item.added", ...at, item: empty },
      ...(item.type === "reasoning"
        ? [
            {
              type: "response.reasoning_summary_part.added",
              ...at,
              summary_index: 0,
              part: { type: "summary_text", text: "" },
            },
          ]
        : []),
      ...(item.type === "message"
        ? [
            {
              type: "response.content_part.added",
              ...at,
              content_index: 0,
              part: { type: "output_text", text: "", annotations: [] },
            },
          ]
        : []),
      ...pieces(said, cuts).map((delta) => ({
        type: `response.${event}.delta`,
        ...at,
        content_index: 0,
        summary_index: 0,
        delta,
      })),
      { type: "response.output_item.done", ...at, item },
    ];
  });
  const end = finish === "length" ? "response.incomplete" : "response.completed";
  return [
    { type: "response.created", response: begun },
    { type: "response.in_progress", response: begun },
    ...events,
    { type: end, response: response(answer, whole) },
  ].map((event, sequence_number) => ({ ...event, sequence_number }));
}

function geminiParts(answer: ChatAnswer): object[] {
  const { reasoning, text } = answer;
  return [
    ...(reasoning === "" ? [] : [{ text: reasoning, thought: true }]),
    ...(text === "" ? [] : [{ text }]),
    ...geminiCalls(answer),
  ];
}

/** The first call has the signature; without calls, an empty text has it. */
function geminiCalls(answer: ChatAnswer): object[] {
  const thoughtSignature = OPAQUE.gemini(answer);
  const calls = answer.calls.map(({ id, name, input }, index) => ({
    functionCall: { id, name, args: input },
    ...(index === 0 && { thoughtSignature }),
  }));
  return calls.length > 0 ? calls : [{ text: "", thoughtSignature }];
}

function geminiPiece(parts: readonly object[], answer?: ChatAnswer): object {
  const content = { role: "model", parts };
  const more = { modelVersion: "m", responseId: "r1" };
  if (answer === undefined) return { candidates: [{ content, index: 0 }], ...more };
  const finishReason = answer.finish === "length" ? "MAX_TOKENS" : "STOP";
  const { input, cached, output } = answer.usage;
  return {
    candidates: [{ content, finishReason, index: 0 }],
    usageMetadata: {
      promptTokenCount: input,
      cachedContentTokenCount: cached,
      candidatesTokenCount: output,
      totalTokenCount: input + output,
    },
    ...more,
  };
}

function geminiPieces(answer: ChatAnswer): object[] {
  const { reasoning, text, cuts } = answer;
  return [
    ...pieces(reasoning, cuts).map((piece) => geminiPiece([{ text: piece, thought: true }])),
    ...pieces(text, cuts).map((piece) => geminiPiece([{ text: piece }])),
    geminiPiece(geminiCalls(answer), answer),
  ];
}
