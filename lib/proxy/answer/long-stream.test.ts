/** A long converted stream is what a short one would be, wherever it is converted. */
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { ANSWERS } from "../../../tests/answers/answers-in-forms";
import type { ChatAnswer } from "../../../tests/answers/chat-answers";
import { convertedStream, converting } from "../../../tests/answers/conversions";
import type { ConvertibleForm } from "../../conversion/conversion";
import type { ByteStream, Bytes } from "../../http/byte-stream";
import { StreamSeats } from "../../runtime/objects/stream-object";
import type { StreamPlace } from "../ports";
import { convertedElsewhere, mayBeLong } from "./long-stream";

const encoder = new TextEncoder();
const ignore = () => {};

const answerOf = (pieces: number): ChatAnswer => ({
  reasoning: "hm",
  text: "Grüße 😀 ".repeat(pieces),
  calls: [{ id: "call_0", name: "weather", input: { city: "Bern" } }],
  finish: "tool_calls",
  usage: { input: 100, cached: 0, output: 5 },
  cuts: [8],
  isMixed: false,
});

function streamOf(bytes: Bytes, size: number, onCancel = ignore): ByteStream {
  let at = 0;
  return new ReadableStream<Bytes>(
    {
      pull(controller) {
        if (at >= bytes.length) controller.close();
        else controller.enqueue(bytes.slice(at, at + size));
        at += size;
      },
      cancel: onCancel,
    },
    { highWaterMark: 0 },
  );
}

/** The object, which gets what can be sent to it: bytes and JSON. */
function objectPlace(): StreamPlace {
  const seats = new StreamSeats();
  return {
    isReady: async () => seats.hasRoom,
    convert: async (facts, stream) => seats.convert(JSON.stringify(facts), stream, ignore),
  };
}

const refusing: StreamPlace = {
  isReady: async () => false,
  convert: () => Promise.reject(new Error("over the day's allowance")),
};
/** It was ready, and then it was not. */
const failing: StreamPlace = { ...refusing, isReady: async () => true };
const FORMS: readonly ConvertibleForm[] = ["chat", "messages", "responses", "gemini"];
const BODIES = {
  chat: { stream_options: { include_usage: true } },
  messages: {},
  responses: { input: "Hi", instructions: "Be brief", tools: [{ type: "custom", name: "patch" }] },
  gemini: {},
};

describe("a long stream", () => {
  test("is the same bytes, wherever it is converted and split", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...FORMS),
        fc.constantFrom(...FORMS),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 20, max: 3_000 }),
        fc.boolean(),
        async (from, to, pieces, size, isReached) => {
          const sse = ANSWERS[to].stream(answerOf(pieces));
          const { conversion } = converting(from, to, BODIES[from]);
          const body = streamOf(encoder.encode(sse), size);
          const place = isReached ? objectPlace() : refusing;
          const converted = convertedElsewhere(body, conversion, place, ignore);
          const here = convertedStream(sse, conversion, 100_000);
          expect(await new Response(converted).text()).toBe(here);
        },
      ),
      { numRuns: 40 },
    );
  });

  test.each([
    ["in the object", objectPlace()],
    ["where the object can't be reached", refusing],
  ])("ends at the provider if the client leaves: %s", async (_, place) => {
    const canceled = vi.fn();
    const sse = ANSWERS.chat.stream(answerOf(5_000));
    const { conversion } = converting("messages", "chat", {});
    const body = streamOf(encoder.encode(sse), 100, canceled);
    const working: Promise<unknown>[] = [];
    const keep = (work: Promise<unknown>) => void working.push(work);
    const reader = convertedElsewhere(body, conversion, place, keep).getReader();
    for (let read = 0; read < 100; read += 1) await reader.read();
    await reader.cancel();
    await Promise.all(working);
    expect(canceled).toHaveBeenCalledOnce();
  });

  test("breaks off for the client where the provider breaks off", async () => {
    const bytes = encoder.encode(ANSWERS.chat.stream(answerOf(5_000))).slice(0, 5_000);
    const { conversion } = converting("messages", "chat", {});
    let read = 0;
    const body = new ReadableStream<Bytes>({
      pull(controller) {
        if (read >= bytes.length) controller.error(new Error("reset"));
        else controller.enqueue(bytes.slice(read, read + 100));
        read += 100;
      },
    });
    const converted = convertedElsewhere(body, conversion, objectPlace(), ignore);
    await expect(new Response(converted).text()).rejects.toThrow();
  });

  test.each([
    [{ max_tokens: 100 }, false],
    [{ max_tokens: 101 }, true],
    [{}, true],
  ])("is one that may have many chunks: %j", (body, isLong) => {
    expect(mayBeLong(converting("messages", "chat", body).conversion)).toBe(isLong);
  });
});

test("a stream ends on both sides if it is lost on its way", async () => {
  const canceled = vi.fn();
  const sse = ANSWERS.chat.stream(answerOf(5_000));
  const { conversion } = converting("messages", "chat", {});
  const body = streamOf(encoder.encode(sse), 100, canceled);
  const converted = convertedElsewhere(body, conversion, failing, ignore);
  await expect(new Response(converted).text()).rejects.toThrow("allowance");
  expect(canceled).toHaveBeenCalledOnce();
});

test("an object converts a limited number of streams at a time", async () => {
  const seats = new StreamSeats();
  const { conversion } = converting("messages", "chat", {});
  const facts = JSON.stringify(conversion.facts);
  const open = Array.from({ length: 200 }, () => new TransformStream<Bytes, Bytes>());
  const working: Promise<unknown>[] = [];
  const read = open.map(({ readable }) =>
    seats.convert(facts, readable, (work) => void working.push(work)),
  );
  expect(seats.hasRoom).toBe(false);
  const [first] = read;
  const said = new Response(first).text();
  await open[0]?.writable.close();
  expect(await said).toContain("cut off");
  await working[0];
  expect(seats.hasRoom).toBe(true);
});
