/**
 * What a client reads from a converted response is what it reads from the same response in its own format, whatever
 * the upstream's: Vercel's AI SDK for chat completions, and the vendors' SDKs. Streams: `any-stream.test.ts`.
 */

import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ANSWERS } from "../../tests/answers/answers-in-forms";
import { type ChatAnswer, chatAnswers } from "../../tests/answers/chat-answers";
import { convertedStream, converting } from "../../tests/answers/conversions";
import { ASKED, READERS } from "../../tests/answers/sdk-readings";
import { convertWhole } from "./answer-converter";
import type { Conversion, ConvertibleForm } from "./conversion";

const FORMS: readonly ConvertibleForm[] = ["chat", "messages", "responses", "gemini"];
const PAIRS = FORMS.flatMap((to) =>
  FORMS.filter((from) => from !== to).map((from) => [from, to] as const),
);

afterEach(() => vi.restoreAllMocks());

describe.each(PAIRS)("a response in %s for a client of %s", (from, to) => {
  const { conversion } = converting(to, from, ASKED[to]);
  const read = READERS[to];

  test("whole, is read as one in the client's own format", async () => {
    await fc.assert(
      fc.asyncProperty(chatAnswers, async (answer) => {
        const converted = wholeText(ANSWERS[from].whole(answer), conversion);
        const original = JSON.stringify(ANSWERS[to].whole(answer));
        expect(await read(converted, false)).toEqual(await read(original, false));
      }),
      { numRuns: 12 },
    );
  });

  test("that is cut off, or fails on the way, reports an error and no end", () => {
    const answer: ChatAnswer = {
      reasoning: "",
      text: "Hello there",
      calls: [],
      finish: "stop",
      usage: { input: 100, cached: 0, output: 1 },
      cuts: [3],
      isMixed: false,
    };
    const events = ANSWERS[from].stream(answer).split("\n\n");
    const begun = `${events
      .slice(0, from === "chat" ? 3 : 5)
      .slice(0, -1)
      .join("\n\n")}\n\n`;
    const error = { message: "Out of capacity", type: "overloaded_error", code: 503 };
    const cut = convertedStream(begun, conversion);
    const failed = convertedStream(`${begun}data: ${JSON.stringify({ error })}\n\n`, conversion);
    expect(failed).toContain("Out of capacity");
    for (const said of [cut, failed]) {
      expect(said).toMatch(/"error":\{|"type":"response.failed"/);
      expect(said).not.toMatch(
        /\[DONE\]|"message_stop"|"response.(?:completed|incomplete)"|finishReason/,
      );
    }
  });
});

function wholeText(answer: object, conversion: Conversion): string {
  return JSON.stringify(convertWhole(JSON.stringify(answer), 200, conversion).body);
}
