/** What each service's frames mean. */
import { describe, expect, test } from "vitest";
import { createSocketReader, type SocketFact } from "./socket-protocols";
import { NO_USAGE } from "./types";

const tokens = (inputTokens: number, outputTokens: number) =>
  expect.objectContaining({ inputTokens, outputTokens });
const begins = (fact: Partial<SocketFact>) => ({
  kind: "turn-begins",
  model: null,
  mostOutputTokens: null,
  isBySpeech: false,
  ...fact,
});

describe("OpenAI", () => {
  test("Realtime: a turn is requested, answered and counted; sound means nothing", () => {
    const reader = createSocketReader("openai");
    const create = JSON.stringify({ type: "response.create", response: { max_output_tokens: 9 } });
    expect(reader.fromClient(create)).toEqual([begins({ mostOutputTokens: 9 })]);
    const created = JSON.stringify({ type: "response.created", response: {} });
    expect(reader.fromUpstream(created)).toEqual([begins({ isBySpeech: true })]);
    const sound = JSON.stringify({ type: "response.output_audio.delta", delta: "AAAA" });
    expect(reader.fromUpstream(sound)).toEqual([]);
    expect(reader.writtenIn(sound)).toBe(0);
    expect(
      reader.writtenIn(JSON.stringify({ type: "response.output_text.delta", delta: "abcd" })),
    ).toBe(4);
    const done = JSON.stringify({
      type: "response.done",
      response: { usage: { input_tokens: 5, output_tokens: 7, total_tokens: 12 } },
    });
    expect(reader.fromUpstream(done)).toEqual([{ kind: "turn-ends", usage: tokens(5, 7) }]);
    expect(reader.end()).toEqual([]);
  });

  test("Responses: the frame names its model, and the end comes by other names", () => {
    const reader = createSocketReader("openai");
    const create = JSON.stringify({ type: "response.create", model: "gpt-5-mini", input: "x" });
    expect(reader.fromClient(create)).toEqual([begins({ model: "gpt-5-mini" })]);
    for (const end of ["completed", "incomplete", "failed"]) {
      const response = { usage: { input_tokens: 3, output_tokens: 4 } };
      const frame = JSON.stringify({ type: `response.${end}`, response });
      expect(reader.fromUpstream(frame)).toEqual([{ kind: "turn-ends", usage: tokens(3, 4) }]);
    }
    const refused = JSON.stringify({ type: "error", error: { message: "no" } });
    expect(reader.fromUpstream(refused)).toEqual([{ kind: "turn-ends", usage: null }]);
  });

  test("what is said is transcribed by a model of its own", () => {
    const reader = createSocketReader("openai");
    const transcription = { model: "gpt-4o-mini-transcribe" };
    reader.fromClient(
      JSON.stringify({
        type: "session.update",
        session: { audio: { input: { transcription } } },
      }),
    );
    const completed = JSON.stringify({
      type: "conversation.item.input_audio_transcription.completed",
      usage: { type: "tokens", input_tokens: 10, output_tokens: 2, total_tokens: 12 },
    });
    expect(reader.fromUpstream(completed)).toEqual([
      { kind: "used", usage: tokens(10, 2), model: "gpt-4o-mini-transcribe" },
    ]);
  });
});

describe("Gemini Live", () => {
  test.each([
    ["clientContent", "turnComplete"],
    ["client_content", "turn_complete"],
  ])("a turn requested by %s, with the last of its counts", (content, complete) => {
    const reader = createSocketReader("gemini");
    expect(reader.fromClient(JSON.stringify({ setup: { model: "models/gemini-live" } }))).toEqual([
      { kind: "model", model: "gemini-live" },
    ]);
    expect(
      reader.fromClient(JSON.stringify({ [content]: { turns: [], [complete]: true } })),
    ).toEqual([begins({})]);
    const part = { serverContent: { modelTurn: { parts: [{ text: "abc" }] } } };
    expect(reader.fromUpstream(JSON.stringify(part))).toEqual([begins({ isBySpeech: true })]);
    expect(reader.fromUpstream(JSON.stringify(part))).toEqual([]);
    const early = { usageMetadata: { promptTokenCount: 5, responseTokenCount: 1 } };
    expect(reader.fromUpstream(JSON.stringify(early))).toEqual([]);
    const end = {
      serverContent: { turnComplete: true },
      usageMetadata: { promptTokenCount: 5, responseTokenCount: 7, totalTokenCount: 12 },
    };
    expect(reader.fromUpstream(JSON.stringify(end))).toEqual([
      { kind: "turn-ends", usage: tokens(5, 7) },
    ]);
    expect(reader.end()).toEqual([]);
  });

  test("counts of a turn that was cut off are reported at the end", () => {
    const reader = createSocketReader("gemini");
    const part = {
      serverContent: { modelTurn: { parts: [] } },
      usageMetadata: { promptTokenCount: 2, responseTokenCount: 3 },
    };
    reader.fromUpstream(JSON.stringify(part));
    expect(reader.end()).toEqual([{ kind: "turn-ends", usage: tokens(2, 3) }]);
  });
});

test("Deepgram: the seconds of audio, for every channel", () => {
  const reader = createSocketReader("deepgram");
  reader.fromUpstream(JSON.stringify({ type: "Results", start: 1, duration: 2.5 }));
  const heard = (inputAudioSeconds: number) => [
    { kind: "used", usage: { ...NO_USAGE, inputAudioSeconds }, model: null },
  ];
  expect(reader.end()).toEqual(heard(3.5));
  reader.fromUpstream(JSON.stringify({ type: "Metadata", duration: 4, channels: 2 }));
  expect(reader.end()).toEqual(heard(8));
});

test("ElevenLabs: a turn from its first text to its last sound", () => {
  const reader = createSocketReader("elevenlabs");
  expect(reader.fromClient('{"text":" "}')).toEqual([]);
  expect(reader.fromClient('{"text":"hello "}')).toEqual([begins({ mostOutputTokens: 0 })]);
  expect(reader.fromClient('{"text":"you "}')).toEqual([]);
  expect(reader.fromUpstream('{"audio":"AAAA","isFinal":false}')).toEqual([]);
  expect(reader.fromUpstream('{"audio":null,"isFinal":true}')).toEqual([
    { kind: "turn-ends", usage: null },
  ]);
});

test("Cartesia: each text that is not continued is a turn of the model it names", () => {
  const reader = createSocketReader("cartesia");
  const speak = { model_id: "sonic-2", transcript: "hello", context_id: "a" };
  expect(reader.fromClient(JSON.stringify({ ...speak, continue: true }))).toEqual([]);
  expect(reader.fromClient(JSON.stringify(speak))).toEqual([
    begins({ model: "sonic-2", mostOutputTokens: 0 }),
  ]);
  expect(reader.fromUpstream(JSON.stringify({ type: "chunk", data: "AAAA", done: false }))).toEqual(
    [],
  );
  expect(reader.fromUpstream(JSON.stringify({ type: "done", done: true }))).toEqual([
    { kind: "turn-ends", usage: null },
  ]);
});
