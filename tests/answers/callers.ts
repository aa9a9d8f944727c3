/**
 * How clients of each API format write their requests, and keep the history of a conversation.
 * @module
 */
import type { ConvertibleForm } from "../../lib/conversion/conversion.ts";
import { type Fields, fields, list } from "../../lib/conversion/json.ts";

/** One question with what the model said and called, and the calls' results. */
export interface Exchange {
  readonly asked: string;
  readonly said: string;
  readonly calls: readonly {
    readonly id: string;
    readonly name: string;
    readonly input: object;
    readonly result: string;
  }[];
}

export interface Caller {
  /** A request with this history. */
  body(history: readonly object[]): Fields;
  history(exchange: Exchange): object[];
  /** What a client adds to its history: the response as it is, and the same result for each call. */
  next(answer: Fields, result: string): object[];
}

export const CALLERS: Readonly<Record<ConvertibleForm, Caller>> = {
  chat: {
    body: (messages) => ({ messages }),
    history: ({ asked, said, calls }) => [
      { role: "user", content: asked },
      {
        role: "assistant",
        content: said,
        ...(calls.length > 0 && {
          tool_calls: calls.map(({ id, name, input }) => ({
            id,
            type: "function",
            function: { name, arguments: JSON.stringify(input) },
          })),
        }),
      },
      ...calls.map(({ id, result }) => ({ role: "tool", tool_call_id: id, content: result })),
    ],
    next(answer, content) {
      const message = fields(fields(list(answer.choices)[0]).message);
      const calls = list(message.tool_calls).map(fields);
      return [message, ...calls.map(({ id }) => ({ role: "tool", tool_call_id: id, content }))];
    },
  },
  messages: {
    body: (messages) => ({ max_tokens: 100, messages }),
    history: ({ asked, said, calls }) => [
      { role: "user", content: asked },
      {
        role: "assistant",
        content: [
          { type: "text", text: said },
          ...calls.map(({ id, name, input }) => ({ type: "tool_use", id, name, input })),
        ],
      },
      ...(calls.length === 0
        ? []
        : [
            {
              role: "user",
              content: calls.map(({ id, result }) => ({
                type: "tool_result",
                tool_use_id: id,
                content: result,
              })),
            },
          ]),
    ],
    next({ content }, result) {
      const calls = list(content)
        .map(fields)
        .filter(({ type }) => type === "tool_use");
      const results = calls.map(({ id }) => ({
        type: "tool_result",
        tool_use_id: id,
        content: result,
      }));
      return [
        { role: "assistant", content },
        ...(results.length === 0 ? [] : [{ role: "user", content: results }]),
      ];
    },
  },
  responses: {
    body: (input) => ({ input, store: false, include: ["reasoning.encrypted_content"] }),
    history: ({ asked, said, calls }) => [
      { role: "user", content: asked },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: said }] },
      ...calls.map(({ id, name, input }) => ({
        type: "function_call",
        call_id: id,
        name,
        arguments: JSON.stringify(input),
      })),
      ...calls.map(({ id, result }) => ({
        type: "function_call_output",
        call_id: id,
        output: result,
      })),
    ],
    next({ output }, result) {
      const items = list(output).map(fields);
      const calls = items.filter(({ type }) => type === "function_call");
      const results = calls.map(({ call_id }) => ({
        type: "function_call_output",
        call_id,
        output: result,
      }));
      return [...items, ...results];
    },
  },
  gemini: {
    body: (contents) => ({ contents }),
    history: ({ asked, said, calls }) => [
      { role: "user", parts: [{ text: asked }] },
      {
        role: "model",
        parts: [
          { text: said },
          ...calls.map(({ id, name, input }) => ({ functionCall: { id, name, args: input } })),
        ],
      },
      ...(calls.length === 0
        ? []
        : [
            {
              role: "user",
              parts: calls.map(({ id, name, result }) => ({
                functionResponse: { id, name, response: { output: result } },
              })),
            },
          ]),
    ],
    next(answer, output) {
      const { content } = fields(list(answer.candidates)[0]);
      const calls = list(fields(content).parts).flatMap((part) => {
        const { functionCall: call } = fields(part);
        return call === undefined ? [] : [fields(call)];
      });
      const results = calls.map(({ id, name }) => ({
        functionResponse: { id, name, response: { output } },
      }));
      return [fields(content), ...(results.length === 0 ? [] : [{ role: "user", parts: results }])];
    },
  },
};
