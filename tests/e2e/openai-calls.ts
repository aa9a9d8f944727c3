/**
 * What a user of the `openai` SDK does, whatever the server: run against the proxy and, to prove that the fake upstream
 * is faithful, against the fake itself.
 * @module
 */
import OpenAI, { toFile } from "openai";
import { describe, expect, test } from "vitest";
import { SPEECH_BYTES } from "../fake-upstream/openai-media.ts";
import type { SdkTarget } from "./sdk-target.ts";

const WEATHER_TOOL = {
  type: "function",
  function: {
    name: "get_weather",
    parameters: { type: "object", properties: { city: { type: "string" } } },
  },
} as const;

export function describeOpenAiCalls(target: () => SdkTarget): void {
  const client = () =>
    new OpenAI({ baseURL: target().baseUrl, apiKey: target().key, maxRetries: 0 });
  const model = "gpt-4o-mini";

  describe("the OpenAI SDK", () => {
    test("chats", async () => {
      const completion = await client().chat.completions.create({
        model,
        messages: [{ role: "user", content: "ping" }],
      });
      expect(completion.choices[0]?.message.content).toBe("You said: ping");
      expect(completion.usage?.total_tokens).toBeGreaterThan(0);
    });

    test("streams a chat with its usage last", async () => {
      const stream = await client().chat.completions.create({
        model,
        stream: true,
        stream_options: { include_usage: true },
        messages: [{ role: "user", content: "one two three" }],
      });
      let text = "";
      let totalTokens = 0;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? "";
        totalTokens = chunk.usage?.total_tokens ?? 0;
      }
      expect(text).toBe("You said: one two three");
      expect(totalTokens).toBeGreaterThan(0);
    });

    test("streams a chat without usage where none was asked for", async () => {
      const stream = await client().chat.completions.create({
        model,
        stream: true,
        messages: [{ role: "user", content: "ping" }],
      });
      for await (const chunk of stream) {
        expect(chunk.choices).toHaveLength(1);
        expect(chunk.usage).toBeUndefined();
      }
    });

    test("calls a tool and hands in its result", async () => {
      const question = { role: "user", content: "Weather?" } as const;
      const asked = await client().chat.completions.create({
        model,
        messages: [question],
        tools: [WEATHER_TOOL],
      });
      const message = asked.choices[0]?.message;
      const call = message?.tool_calls?.[0];
      if (message === undefined || call?.type !== "function") throw new Error("no tool call");
      expect(asked.choices[0]?.finish_reason).toBe("tool_calls");
      expect(call.function.name).toBe("get_weather");
      expect(JSON.parse(call.function.arguments)).toEqual({ city: "Paris" });

      const result = { role: "tool", tool_call_id: call.id, content: "sunny" } as const;
      const answered = await client().chat.completions.create({
        model,
        messages: [question, message, result],
        tools: [WEATHER_TOOL],
      });
      expect(answered.choices[0]?.message.content).toBe("You said: sunny");
    });

    test("streams a tool call in pieces", async () => {
      const stream = client().chat.completions.stream({
        model,
        messages: [{ role: "user", content: "Weather?" }],
        tools: [WEATHER_TOOL],
      });
      const completion = await stream.finalChatCompletion();
      const call = completion.choices[0]?.message.tool_calls?.[0];
      if (call?.type !== "function") throw new Error("no tool call");
      expect(JSON.parse(call.function.arguments)).toEqual({ city: "Paris" });
    });

    test("uses the responses API", async () => {
      const response = await client().responses.create({ model, input: "ping" });
      expect(response.output_text).toBe("You said: ping");
      expect(response.usage?.total_tokens).toBeGreaterThan(0);
    });

    test("streams the responses API's events in their order", async () => {
      const stream = await client().responses.create({ model, input: "one two", stream: true });
      const types: string[] = [];
      let text = "";
      for await (const event of stream) {
        types.push(event.type);
        if (event.type === "response.output_text.delta") text += event.delta;
      }
      expect(text).toBe("You said: one two");
      expect(types[0]).toBe("response.created");
      expect(types.at(-1)).toBe("response.completed");
    });

    test("calls a tool through the responses API", async () => {
      const { name, parameters } = WEATHER_TOOL.function;
      const response = await client().responses.create({
        model,
        input: "Weather?",
        tools: [{ type: "function", name, parameters, strict: false }],
      });
      expect(response.output[0]).toMatchObject({ type: "function_call", name });
    });

    test("embeds, decoding base64 by itself", async () => {
      const { data } = await client().embeddings.create({
        model: "text-embedding-3-small",
        input: ["a", "b"],
        dimensions: 256,
      });
      expect(data).toHaveLength(2);
      expect(data[1]?.embedding).toHaveLength(256);
      expect(data[1]?.embedding[0]).toBe(1);
    });

    test("speaks: binary audio arrives whole", async () => {
      const response = await client().audio.speech.create({
        model: "tts-1",
        voice: "alloy",
        input: "hello",
      });
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(response.headers.get("content-type")).toBe("audio/mpeg");
      expect(bytes.equals(SPEECH_BYTES)).toBe(true);
    });

    test("transcribes an uploaded recording", async () => {
      const file = await toFile(Buffer.alloc(5000, 7), "hello.wav", { type: "audio/wav" });
      const transcription = await client().audio.transcriptions.create({
        model: "whisper-1",
        file,
      });
      expect(transcription.text).toBe("hello.wav of 5000 bytes");
    });

    test("makes an image", async () => {
      const { data } = await client().images.generate({ model: "gpt-image-1", prompt: "a dot" });
      const png = Buffer.from(data?.[0]?.b64_json ?? "", "base64");
      expect(png.subarray(1, 4).toString()).toBe("PNG");
    });

    test("lists models and retrieves one", async () => {
      const ids: string[] = [];
      for await (const entry of client().models.list()) ids.push(entry.id);
      expect(ids).toContain(model);
      expect((await client().models.retrieve(model)).id).toBe(model);
    });

    test("uploads, lists, reads and deletes a file, and starts a batch of it", async () => {
      const { files, batches } = client();
      const content = '{"custom_id":"1"}\n';
      const file = await files.create({
        file: await toFile(Buffer.from(content), "batch.jsonl"),
        purpose: "batch",
      });
      expect(file.bytes).toBe(content.length);
      const listed: string[] = [];
      for await (const entry of files.list()) listed.push(entry.id);
      expect(listed).toContain(file.id);
      expect(await (await files.content(file.id)).text()).toBe(content);
      const batch = await batches.create({
        input_file_id: file.id,
        endpoint: "/v1/chat/completions",
        completion_window: "24h",
      });
      expect(batch.input_file_id).toBe(file.id);
      expect((await files.delete(file.id)).deleted).toBe(true);
    });
  });
}
