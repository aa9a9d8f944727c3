/**
 * What a user of the `@google/genai` SDK does, whatever the server.
 * @module
 */
import { GoogleGenAI, Modality, Type } from "@google/genai";
import { describe, expect, test } from "vitest";
import { GOOGLE_SPEECH_BYTES } from "../fake-upstream/google.ts";
import type { SdkTarget } from "./sdk-target.ts";

const WEATHER_TOOL = {
  functionDeclarations: [
    {
      name: "get_weather",
      parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } } },
    },
  ],
};

export function describeGoogleCalls(target: () => SdkTarget): void {
  const client = () =>
    new GoogleGenAI({ apiKey: target().key, httpOptions: { baseUrl: target().baseUrl } });
  const model = "gemini-2.5-flash";

  describe("the Google Gen AI SDK", () => {
    test("generates", async () => {
      const response = await client().models.generateContent({ model, contents: "ping" });
      expect(response.text).toBe("You said: ping");
      expect(response.usageMetadata?.totalTokenCount).toBeGreaterThan(0);
    });

    test("streams", async () => {
      const stream = await client().models.generateContentStream({
        model,
        contents: "one two three",
      });
      const pieces: string[] = [];
      for await (const chunk of stream) pieces.push(chunk.text ?? "");
      expect(pieces.join("")).toBe("You said: one two three");
      expect(pieces.length).toBeGreaterThan(1);
    });

    test("calls a function and hands in its result", async () => {
      const question = { role: "user", parts: [{ text: "Weather?" }] };
      const config = { tools: [WEATHER_TOOL] };
      const asked = await client().models.generateContent({ model, contents: [question], config });
      const call = asked.functionCalls?.[0];
      expect(call).toMatchObject({ name: "get_weather", args: { city: "Paris" } });

      const result = { name: "get_weather", response: { sky: "sunny" } };
      const answered = await client().models.generateContent({
        model,
        config,
        contents: [
          question,
          { role: "model", parts: [{ functionCall: { name: "get_weather", args: {} } }] },
          { role: "user", parts: [{ functionResponse: result }] },
        ],
      });
      expect(answered.text).toBe('You said: {"sky":"sunny"}');
    });

    test("embeds", async () => {
      const response = await client().models.embedContent({
        model: "gemini-embedding-001",
        contents: ["a", "b"],
      });
      expect(response.embeddings).toHaveLength(2);
      expect(response.embeddings?.[1]?.values).toHaveLength(768);
    });

    test("counts tokens", async () => {
      const { totalTokens } = await client().models.countTokens({ model, contents: "ping" });
      expect(totalTokens).toBeGreaterThan(0);
    });

    test("speaks: streamed audio arrives whole", async () => {
      const stream = await client().models.generateContentStream({
        model: "gemini-2.5-flash-preview-tts",
        contents: "say hello",
        config: { responseModalities: [Modality.AUDIO] },
      });
      const chunks: Buffer[] = [];
      for await (const chunk of stream) {
        const data = chunk.candidates?.[0]?.content?.parts?.[0]?.inlineData?.data;
        chunks.push(Buffer.from(data ?? "", "base64"));
      }
      expect(Buffer.concat(chunks).equals(GOOGLE_SPEECH_BYTES)).toBe(true);
      expect(chunks.length).toBeGreaterThan(1);
    });

    test("hears: inline audio is taken", async () => {
      const data = Buffer.alloc(2000, 3).toString("base64");
      const response = await client().models.generateContent({
        model,
        contents: [{ text: "transcribe" }, { inlineData: { mimeType: "audio/wav", data } }],
      });
      expect(response.text).toBe("You said: transcribe");
    });

    test("lists models and gets one", async () => {
      const names: (string | undefined)[] = [];
      for await (const entry of await client().models.list()) names.push(entry.name);
      expect(names).toContain(`models/${model}`);
      expect((await client().models.get({ model })).name).toBe(`models/${model}`);
    });

    test("uploads a file by the resumable protocol, reads and deletes it", async () => {
      const { files } = client();
      // More than the SDK's 8 MiB chunk, so that the upload takes two requests.
      const bytes = Buffer.alloc(9 * 1024 * 1024, 5);
      const file = await files.upload({
        file: new Blob([bytes], { type: "text/plain" }),
        config: { displayName: "notes" },
      });
      expect(file).toMatchObject({ displayName: "notes", sizeBytes: String(bytes.length) });
      const name = file.name ?? "";
      expect((await files.get({ name })).state).toBe("ACTIVE");
      await files.delete({ name });
      await expect(files.get({ name })).rejects.toMatchObject({ status: 403 });
    });
  });
}
