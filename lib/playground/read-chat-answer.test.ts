import { describe, expect, test } from "vitest";
import { type ChatPart, readChatAnswer } from "./read-chat-answer";

async function read(response: Response): Promise<ChatPart[]> {
  return Array.fromAsync(readChatAnswer(response));
}

/** An event stream that arrives in chunks of `size` bytes. */
function stream(text: string, size = text.length): Response {
  const bytes = new TextEncoder().encode(text);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) {
        controller.enqueue(bytes.slice(at, at + size));
      }
      controller.close();
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const delta = (content: string) => event({ choices: [{ delta: { content } }] });

describe("readChatAnswer", () => {
  test.each([1, 3, 1000])("text, end and counts, in chunks of %i bytes", async (size) => {
    const text =
      delta("") +
      delta("Grüße") +
      ": keep-alive\n\n" +
      delta(", 世界") +
      event({ choices: [{ delta: {}, finish_reason: "stop" }] }) +
      event({
        choices: [],
        usage: {
          prompt_tokens: 5,
          completion_tokens: 7,
          prompt_tokens_details: { cached_tokens: 2 },
        },
      }) +
      "data: [DONE]\n\n";
    expect(await read(stream(text, size))).toEqual([
      { kind: "text", text: "Grüße" },
      { kind: "text", text: ", 世界" },
      { kind: "finish", reason: "stop" },
      { kind: "usage", inputTokens: 5, cachedInputTokens: 2, outputTokens: 7 },
    ]);
  });

  test("line ends of all kinds, and a last event that is not closed", async () => {
    const text = `${delta("a").replaceAll("\n", "\r\n")}${delta("b").trimEnd()}`;
    expect(await read(stream(text))).toEqual([
      { kind: "text", text: "a" },
      { kind: "text", text: "b" },
    ]);
  });

  test.each(["reasoning_content", "reasoning"])("%s is thinking", async (field) => {
    const text = event({ choices: [{ delta: { [field]: "Hm" } }] });
    expect(await read(stream(text))).toEqual([{ kind: "thinking", text: "Hm" }]);
  });

  test("calls of tools come in pieces, and the data as it was sent", async () => {
    const call = (index: number, made: object) =>
      event({ choices: [{ delta: { tool_calls: [{ index, function: made }] } }] });
    const text =
      call(0, { name: "weather", arguments: "" }) +
      call(0, { arguments: '{"city":' }) +
      call(1, { name: "time", arguments: "{}" }) +
      "data: [DONE]\n\n";
    const data: string[] = [];
    const parts = await Array.fromAsync(readChatAnswer(stream(text), (each) => data.push(each)));
    expect(parts).toEqual([
      { kind: "tool", index: 0, name: "weather", text: "" },
      { kind: "tool", index: 0, name: "", text: '{"city":' },
      { kind: "tool", index: 1, name: "time", text: "{}" },
    ]);
    expect(data).toHaveLength(4);
    expect(data.at(-1)).toBe("[DONE]");
  });

  test("an answer that did not stream", async () => {
    const answer = Response.json({
      choices: [{ message: { content: [{ type: "text", text: "Hi" }] }, finish_reason: "length" }],
      usage: { prompt_tokens: 1 },
    });
    expect(await read(answer)).toEqual([
      { kind: "text", text: "Hi" },
      { kind: "finish", reason: "length" },
      { kind: "usage", inputTokens: 1, cachedInputTokens: null, outputTokens: null },
    ]);
  });

  test.each([
    [event({ error: { message: "Overloaded" } }), "Overloaded"],
    [event({ error: "broken" }), "broken"],
    ["data: <html>\n\n", "<html>"],
  ])("an error inside the stream: %s", async (text, message) => {
    expect(await read(stream(delta("a") + text))).toEqual([
      { kind: "text", text: "a" },
      { kind: "error", message },
    ]);
  });
});
