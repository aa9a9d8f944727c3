/** What Google's SDK reads from a converted response is what OpenAI's reads from the original, whole or streamed. */
import { type GenerateContentResponse, GoogleGenAI } from "@google/genai";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  type ChatAnswer,
  chatAnswers,
  chatStream,
  wholeChatAnswer,
} from "../../tests/answers/chat-answers";
import { convertedStream, converting } from "../../tests/answers/conversions";
import { convertWhole } from "./answer-converter";
import { chatDialect } from "./chat-dialect";
import { geminiToChat } from "./gemini-to-chat";

const DIALECT = chatDialect("deepseek", true);
const asked = {
  contents: [{ role: "user", parts: [{ text: "Hi" }] }],
  generationConfig: { thinkingConfig: { includeThoughts: true } },
};
const { conversion } = converting("gemini", "chat", asked, {}, DIALECT);
const converted = (sse: string, size?: number) => convertedStream(sse, conversion, size);

afterEach(() => vi.restoreAllMocks());

/** The SDK doesn't accept a fetch function. */
async function readByGoogle(body: string): Promise<readonly GenerateContentResponse[]> {
  vi.spyOn(globalThis, "fetch").mockResolvedValue(
    new Response(body, { headers: { "content-type": "text/event-stream" } }),
  );
  const client = new GoogleGenAI({ apiKey: "x" });
  const pieces: GenerateContentResponse[] = [];
  const stream = await client.models.generateContentStream({ model: "m", contents: "Hi" });
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}

function told(pieces: readonly GenerateContentResponse[]) {
  const parts = pieces.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
  const last = pieces.at(-1);
  const texts = (isThought: boolean) =>
    parts
      .filter((part) => part.text !== undefined && (part.thought === true) === isThought)
      .map(({ text }) => text)
      .join("");
  return {
    text: texts(false),
    thought: texts(true),
    calls: parts.flatMap(({ functionCall }) => (functionCall === undefined ? [] : [functionCall])),
    finish: last?.candidates?.[0]?.finishReason,
    usage: [
      last?.usageMetadata?.promptTokenCount,
      last?.usageMetadata?.cachedContentTokenCount,
      last?.usageMetadata?.candidatesTokenCount,
    ],
  };
}

const expected = ({ text, reasoning, calls, finish, usage }: ChatAnswer) => ({
  text,
  thought: reasoning,
  calls: calls.map(({ id, name, input }) => ({ id, name, args: input })),
  finish: finish === "length" ? "MAX_TOKENS" : "STOP",
  usage: [usage.input, usage.cached, usage.output],
});

describe("answers of any shape", () => {
  test("streamed in pieces of any size are read as they were said", async () => {
    await fc.assert(
      fc.asyncProperty(chatAnswers, fc.integer({ min: 1, max: 300 }), async (answer, size) => {
        expect(told(await readByGoogle(converted(chatStream(answer), size)))).toEqual(
          expected(answer),
        );
      }),
      { numRuns: 40 },
    );
  });

  test("whole ones are what streamed ones are, and come back with their thoughts", () => {
    fc.assert(
      fc.property(chatAnswers, (answer) => {
        const whole = convertWhole(JSON.stringify(wholeChatAnswer(answer)), 200, conversion);
        expect(whole.isAnswer).toBe(true);
        const response = whole.body as unknown as GenerateContentResponse;
        expect(told([response])).toEqual(expected(answer));
        if (answer.text === "" && answer.calls.length === 0) return;
        const content = response.candidates?.[0]?.content;
        const { request, dropped } = geminiToChat({ contents: [content] }, "m", DIALECT, false);
        expect(dropped).toEqual([]);
        const [message] = request.messages as { reasoning_content?: string }[];
        expect(message?.reasoning_content ?? "").toBe(answer.reasoning);
      }),
      { numRuns: 60 },
    );
  });
});

test("a stream that is cut off says so", async () => {
  const [cut = ""] = chatStream({
    reasoning: "",
    text: "Hello",
    calls: [],
    finish: "stop",
    usage: { input: 1, cached: 0, output: 1 },
    cuts: [2],
    isMixed: false,
  }).split(
    'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"',
  );
  expect(converted(cut)).toContain("The answer was cut off before its end.");
});

test("errors get Google's shape", () => {
  const error = { error: { message: "Slow down", type: "rate_limit_error" } };
  expect(convertWhole(JSON.stringify(error), 429, conversion).body).toEqual({
    error: { code: 429, message: "Slow down", status: "RESOURCE_EXHAUSTED" },
  });
});
