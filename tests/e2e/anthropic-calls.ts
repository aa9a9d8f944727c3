/**
 * What a user of the `@anthropic-ai/sdk` does, whatever the server.
 * @module
 */
import Anthropic, { toFile } from "@anthropic-ai/sdk";
import { describe, expect, test } from "vitest";
import type { SdkTarget } from "./sdk-target.ts";

const WEATHER_TOOL: Anthropic.Tool = {
  name: "get_weather",
  input_schema: { type: "object", properties: { city: { type: "string" } } },
};

export function describeAnthropicCalls(target: () => SdkTarget): void {
  const client = () =>
    new Anthropic({ baseURL: target().baseUrl, apiKey: target().key, maxRetries: 0 });
  const model = "claude-haiku-4-5";
  const ask = (content: string) => ({
    model,
    max_tokens: 64,
    messages: [{ role: "user" as const, content }],
  });

  describe("the Anthropic SDK", () => {
    test("sends a message", async () => {
      const message = await client().messages.create(ask("ping"));
      expect(message.content[0]).toMatchObject({ type: "text", text: "You said: ping" });
      expect(message.usage.output_tokens).toBeGreaterThan(0);
    });

    test("streams a message", async () => {
      const stream = client().messages.stream(ask("one two three"));
      let text = "";
      stream.on("text", (delta) => {
        text += delta;
      });
      const message = await stream.finalMessage();
      expect(text).toBe("You said: one two three");
      expect(message.stop_reason).toBe("end_turn");
      expect(message.usage.output_tokens).toBeGreaterThan(1);
    });

    test("calls a tool and hands in its result", async () => {
      const question = { ...ask("Weather?"), tools: [WEATHER_TOOL] };
      const asked = await client().messages.create(question);
      const use = asked.content[0];
      if (use?.type !== "tool_use") throw new Error("no tool call");
      expect(asked.stop_reason).toBe("tool_use");
      expect(use.input).toEqual({ city: "Paris" });
      const answered = await client().messages.create({
        ...question,
        messages: [
          ...question.messages,
          {
            role: "assistant",
            content: [{ type: "tool_use", id: use.id, name: use.name, input: use.input }],
          },
          {
            role: "user",
            content: [{ type: "tool_result", tool_use_id: use.id, content: "sunny" }],
          },
        ],
      });
      expect(answered.content[0]).toMatchObject({ text: "You said: sunny" });
    });

    test("streams a tool call in pieces", async () => {
      const stream = client().messages.stream({ ...ask("Weather?"), tools: [WEATHER_TOOL] });
      const message = await stream.finalMessage();
      expect(message.content[0]).toMatchObject({ type: "tool_use", input: { city: "Paris" } });
    });

    test("counts tokens", async () => {
      const { messages } = ask("ping");
      const count = await client().messages.countTokens({ model, messages });
      expect(count.input_tokens).toBeGreaterThan(0);
    });

    test("lists models and retrieves one", async () => {
      const ids: string[] = [];
      for await (const entry of client().models.list()) ids.push(entry.id);
      expect(ids).toContain(model);
      expect((await client().models.retrieve(model)).id).toBe(model);
    });

    test("uploads, lists, reads and deletes a file", async () => {
      const { files } = client().beta;
      const bytes = Buffer.from("hello file");
      const file = await files.upload({
        file: await toFile(bytes, "a.txt", { type: "text/plain" }),
      });
      expect(file).toMatchObject({ filename: "a.txt", size_bytes: bytes.length });
      const listed: string[] = [];
      for await (const entry of files.list()) listed.push(entry.id);
      expect(listed).toContain(file.id);
      expect(await (await files.download(file.id)).text()).toBe("hello file");
      expect((await files.delete(file.id)).id).toBe(file.id);
    });
  });
}
