/**
 * Random chat completion responses of all shapes: their content, and the pieces in which they are streamed.
 * @module
 */
import fc from "fast-check";

export interface ChatAnswer {
  readonly reasoning: string;
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: object }[];
  readonly finish: "stop" | "length" | "tool_calls";
  readonly usage: { readonly input: number; readonly cached: number; readonly output: number };
  /** Splits texts and arguments at these lengths in turn. */
  readonly cuts: readonly number[];
  /** Whether pieces of several calls are interleaved. */
  readonly isMixed: boolean;
}

/** Empty or not blank: blank words alone are no answer. */
const words = fc
  .string({ unit: "grapheme", maxLength: 30 })
  .map((each) => (each.trim() === "" ? "" : each));

export const chatAnswers: fc.Arbitrary<ChatAnswer> = fc
  .record({
    reasoning: words,
    text: words,
    inputs: fc.array(fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), fc.jsonValue()), {
      maxLength: 3,
    }),
    usage: fc.record({
      input: fc.integer({ min: 100, max: 9_999 }),
      cached: fc.integer({ min: 0, max: 99 }),
      output: fc.integer({ min: 1, max: 999 }),
    }),
    cuts: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 }),
    isMixed: fc.boolean(),
    isCut: fc.boolean(),
  })
  .map(({ inputs, isCut, ...rest }) => ({
    ...rest,
    // JSON as both sides read it.
    calls: inputs.map((input, index) => ({
      id: `call_${index}`,
      name: `tool_${index}`,
      input: JSON.parse(JSON.stringify(input)) as object,
    })),
    finish: inputs.length > 0 ? "tool_calls" : isCut ? "length" : "stop",
  }));

/** A text, split at these lengths in turn. */
export function pieces(text: string, cuts: readonly number[]): string[] {
  const letters = [...text];
  const cut: string[] = [];
  for (let index = 0, turn = 0; index < letters.length; turn += 1) {
    const length = cuts[turn % cuts.length] ?? 1;
    cut.push(letters.slice(index, index + length).join(""));
    index += length;
  }
  return cut;
}

const usageOf = ({ usage }: ChatAnswer) => ({
  prompt_tokens: usage.input,
  completion_tokens: usage.output,
  total_tokens: usage.input + usage.output,
  prompt_tokens_details: { cached_tokens: usage.cached },
});

/** As one JSON body. */
export function wholeChatAnswer(answer: ChatAnswer): object {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [
      {
        index: 0,
        finish_reason: answer.finish,
        message: {
          role: "assistant",
          content: answer.text === "" ? null : answer.text,
          ...(answer.reasoning !== "" && { reasoning_content: answer.reasoning }),
          ...(answer.calls.length > 0 && {
            tool_calls: answer.calls.map(({ id, name, input }) => ({
              id,
              type: "function",
              function: { name, arguments: JSON.stringify(input) },
            })),
          }),
        },
      },
    ],
    usage: usageOf(answer),
  };
}

/** The pieces of its stream, without `[DONE]`. */
export function chatChunks(answer: ChatAnswer): object[] {
  const chunk = (delta: object, finish: string | null = null) => ({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const call = (index: number, more: object) => chunk({ tool_calls: [{ index, ...more }] });
  const begun = answer.calls.map(({ id, name }, index) =>
    call(index, { id, type: "function", function: { name, arguments: "" } }),
  );
  const said = answer.calls.map(({ input }, index) =>
    pieces(JSON.stringify(input), answer.cuts).map((piece) =>
      call(index, { function: { arguments: piece } }),
    ),
  );
  return [
    chunk({ role: "assistant", content: "" }),
    ...pieces(answer.reasoning, answer.cuts).map((piece) => chunk({ reasoning_content: piece })),
    ...pieces(answer.text, answer.cuts).map((piece) => chunk({ content: piece })),
    ...(answer.isMixed
      ? [...begun, ...inTurn(said)]
      : begun.flatMap((each, index) => [each, ...(said[index] ?? [])])),
    chunk({}, answer.finish),
    { ...chunk({}), choices: [], usage: usageOf(answer) },
  ];
}

/** One of each list in turn. */
function inTurn<Each>(lists: readonly (readonly Each[])[]): Each[] {
  const most = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: most }, (_, index) =>
    lists.flatMap((list) => (index < list.length ? [list[index] as Each] : [])),
  ).flat();
}

export function chatStream(answer: ChatAnswer): string {
  const data = [...chatChunks(answer).map((chunk) => JSON.stringify(chunk)), "[DONE]"];
  return data.map((each) => `data: ${each}\n\n`).join("");
}
