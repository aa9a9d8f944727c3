/** A stream is read by the client's SDK as it would be in the client's own format, however odd the service's is. */
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ANSWERS } from "../../tests/answers/answers-in-forms";
import { type ChatAnswer, chatAnswers } from "../../tests/answers/chat-answers";
import { convertedStream, converting } from "../../tests/answers/conversions";
import { oddities, oddStream } from "../../tests/answers/odd-streams";
import { ASKED, READERS } from "../../tests/answers/sdk-readings";
import { StreamConverter } from "./answer-converter";
import type { ConvertibleForm } from "./conversion";

const FORMS: readonly ConvertibleForm[] = ["chat", "messages", "responses", "gemini"];
const PAIRS = FORMS.flatMap((to) =>
  FORMS.filter((from) => from !== to).map((from) => [from, to] as const),
);

const ANSWER: ChatAnswer = {
  reasoning: "hm",
  text: "",
  calls: [{ id: "call_0", name: "tool_0", input: { city: "Bern" } }],
  finish: "tool_calls",
  usage: { input: 9, cached: 0, output: 5 },
  cuts: [3],
  isMixed: false,
};

/** What ends a stream, once. */
const ENDS: Readonly<Record<ConvertibleForm, RegExp>> = {
  chat: /^data: \[DONE\]$/gm,
  messages: /^event: message_stop$/gm,
  responses: /^event: response\.(?:completed|incomplete)$/gm,
  gemini: /"finishReason":/g,
};

afterEach(() => vi.restoreAllMocks());

describe.each(PAIRS)("an odd stream in %s for a client of %s", (from, to) => {
  test("says the same, and ends once", async () => {
    const { conversion } = converting(to, from, ASKED[to]);
    const read = READERS[to];
    await fc.assert(
      fc.asyncProperty(
        chatAnswers,
        oddities,
        fc.integer({ min: 1, max: 300 }),
        async (answer, oddity, size) => {
          const converted = convertedStream(oddStream(from, answer, oddity), conversion, size);
          const [said, usual] = [
            await read(converted, true),
            await read(ANSWERS[to].stream(answer), true),
          ];
          expect(converted.match(ENDS[to])).toHaveLength(1);
          if (from !== "chat" || oddity.ids !== "none") {
            expect(said).toEqual(usual);
            return;
          }
          const ids = said.calls.map(([id]) => id);
          expect(new Set(ids).size).toBe(answer.calls.length);
          expect(ids).not.toContain("");
          const known = said.calls.map(([, ...call], at) => [usual.calls[at]?.[0], ...call]);
          expect({ ...said, calls: known }).toEqual(usual);
        },
      ),
      { numRuns: from === "chat" ? 25 : 10 },
    );
  });
});

/** As each vendor reports an error in a stream. */
const ERRORS: readonly (readonly [from: ConvertibleForm, event: string])[] = [
  ["chat", 'data: {"error":{"message":"Too busy","type":"overloaded","code":503}}'],
  [
    "chat",
    'data: {"choices":[{"delta":{},"finish_reason":"error","error":{"message":"Too busy"}}]}',
  ],
  ["chat", 'event: error\ndata: {"message":"Too busy"}'],
  ["chat", '{"error":{"message":"Too busy"}}'],
  [
    "messages",
    'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Too busy"}}',
  ],
  ["responses", 'event: error\ndata: {"type":"error","code":"server_error","message":"Too busy"}'],
  [
    "responses",
    'data: {"type":"response.failed","response":{"object":"response","status":"failed","error":{"message":"Too busy"}}}',
  ],
  ["gemini", 'data: {"error":{"code":503,"message":"Too busy","status":"UNAVAILABLE"}}'],
  ["gemini", '[{"error":{"code":503,"message":"Too busy","status":"UNAVAILABLE"}}]'],
  [
    "gemini",
    'data: {"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL","finishMessage":"Too busy"}]}',
  ],
];

test.each(
  ERRORS.flatMap(([from, event]) =>
    FORMS.filter((to) => to !== from).map((to) => [from, event, to] as const),
  ),
)(
  "an error in a stream of %s (%s) is one for a client of %s, and ends it",
  async (from, event, to) => {
    const answer = { ...ANSWER, text: "Hello there" };
    const begun = ANSWERS[from].stream(answer).split("\n\n").slice(0, 5).join("\n\n");
    const { conversion } = converting(to, from, ASKED[to]);
    const late = ANSWERS[from].stream(answer);
    const said = convertedStream(`${begun}\n\n${event}\n\n${late}`, conversion);
    expect(said.match(/Too busy/g)).toHaveLength(1);
    expect(said.match(ENDS[to])).toBeNull();
    expect(said.trimEnd().split("\n\n").at(-1)).toContain("Too busy");
  },
);

test("an answer without an end is cut off where it becomes too long to keep", () => {
  const { conversion } = converting("responses", "chat", ASKED.responses);
  const converter = new StreamConverter(conversion);
  const long = { name: "", data: " ".repeat(1024 * 1024), exception: null };
  const said = Array.from({ length: 65 }, () => converter.push([long])).join("");
  expect(said).toContain("too long");
  expect(said).toContain("response.failed");
  expect(converter.push([long])).toBe("");
});
