/** The first byte isn't the first output: protocols announce the beginning at once. */
import { expect, test } from "vitest";
import { type ScriptedProxy, scriptedProxy } from "../doors/scripted-proxy.ts";
import type { VirtualClock } from "../doors/virtual-clock.ts";

const sse = (type: string, fields: object = {}) =>
  new TextEncoder().encode(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);

const BEGINNING = sse("message_start", { message: { id: "msg_1", usage: { input_tokens: 3 } } });
const WORDS = sse("content_block_delta", { delta: { type: "text_delta", text: "Hello" } });
const END = [
  sse("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 1 } }),
  sse("message_stop"),
];

/** Announces its beginning at once, and has its first text after `thinkingMs`. */
function thinking(clock: VirtualClock, thinkingMs: number): Response {
  const body = new ReadableStream<Uint8Array>({
    type: "bytes",
    start(controller) {
      controller.enqueue(BEGINNING.slice());
      clock.setTimer(() => {
        for (const piece of [WORDS, ...END]) controller.enqueue(piece.slice());
        controller.close();
      }, thinkingMs);
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

async function ask(proxy: ScriptedProxy) {
  const body = JSON.stringify({ model: "claude-sonnet-4-5", stream: true, messages: [] });
  const init = { method: "POST", headers: { "content-type": "application/json" }, body };
  const response = await proxy.fetch("/api/anthropic/v1/messages", init);
  await proxy.clock.run(response.text());
  await proxy.clock.advance(1);
  return proxy.usage.events.at(-1);
}

test.each([0, 900, 6_000])("a stream that thinks for %d ms has both times", async (thinkingMs) => {
  const proxy = scriptedProxy({
    keys: { anthropic: ["k1"] },
    upstream: async (_, clock) => {
      await clock.pause(300);
      return thinking(clock, thinkingMs);
    },
  });
  expect(await ask(proxy)).toMatchObject({
    timeToFirstByteMs: 300,
    timeToFirstTokenMs: 300 + thinkingMs,
  });
});

test("the first byte is that of the answer which is delivered", async () => {
  const answers = [() => Response.json({ type: "error", error: {} }, { status: 529 })];
  const proxy = scriptedProxy({
    keys: { anthropic: ["k1", "k2"] },
    upstream: async (_, clock) => {
      await clock.pause(1_000);
      return answers.shift()?.() ?? thinking(clock, 400);
    },
  });
  const event = await ask(proxy);
  const last = event?.attempts.at(-1);
  expect(event?.attempts).toHaveLength(2);
  expect(event?.timeToFirstByteMs).toBe((last?.afterMs ?? 0) + 1_000);
  expect(event?.timeToFirstTokenMs).toBe((last?.afterMs ?? 0) + 1_400);
});

test("where no provider answered there is none", async () => {
  const proxy = scriptedProxy({
    keys: { anthropic: ["k1"] },
    upstream: () => {
      throw new TypeError("connection refused");
    },
  });
  expect(await ask(proxy)).toMatchObject({ timeToFirstByteMs: null, timeToFirstTokenMs: null });
});
