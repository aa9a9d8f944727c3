/** Answers in deflate or zstd, which nobody asked for, are judged, counted and delivered like plain ones. */
import { deflateRawSync, deflateSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scriptedProxy } from "../doors/scripted-proxy.ts";

const PACKERS = [
  ["deflate", deflateSync],
  ["deflate", deflateRawSync],
  ["zstd", zstdCompressSync],
  [" ZSTD ", zstdCompressSync],
] as const;

const STREAM = [
  { choices: [{ index: 0, delta: { content: "Good morning. ".repeat(30) } }] },
  { choices: [], usage: { prompt_tokens: 211, completion_tokens: 89, total_tokens: 300 } },
]
  .map((event) => `data: ${JSON.stringify({ model: "m", ...event })}\n\n`)
  .concat("data: [DONE]\n\n")
  .join("");

const EXHAUSTED = JSON.stringify({
  error: { message: "You exceeded your current quota.", code: "insufficient_quota" },
});

/** @param cuts Where the network splits the packed bytes. */
function piecesOf(bytes: Uint8Array, cuts: readonly number[]) {
  const ends = [...cuts.map((cut) => cut % bytes.length), bytes.length].sort((a, b) => a - b);
  return new ReadableStream({
    start(controller) {
      let from = 0;
      for (const end of ends) {
        if (end > from) controller.enqueue(Uint8Array.from(bytes.subarray(from, end)));
        from = Math.max(from, end);
      }
      controller.close();
    },
  });
}

async function answered(upstream: () => Response) {
  const proxy = scriptedProxy({ keys: { openai: ["sk-fake-1", "sk-fake-2"] }, upstream });
  // Decompression runs on other threads, in real time.
  proxy.clock.hold();
  const response = await proxy.fetch("/api/openai/v1/chat/completions", {
    method: "POST",
    body: '{"model":"m","messages":[],"stream":true}',
  });
  const text = await proxy.clock.run(response.text());
  return { proxy, response, text };
}

describe.each(PACKERS)("in %s", (encoding, pack) => {
  test("a stream reaches the client unpacked, and its usage is counted", async () => {
    const bytes = pack(STREAM);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 6 }), async (cuts) => {
        const { proxy, response, text } = await answered(
          () =>
            new Response(piecesOf(bytes, cuts), {
              headers: { "content-type": "text/event-stream", "content-encoding": encoding },
            }),
        );
        expect(text).toBe(STREAM);
        expect(response.headers.get("content-encoding")).toBeNull();
        expect(proxy.usage.events).toMatchObject([
          { outcome: "ok", usage: { inputTokens: 211, outputTokens: 89, isEstimate: false } },
        ]);
      }),
      { numRuns: 20 },
    );
  });

  test("an error is understood: another key answers", async () => {
    let asked = 0;
    const { response, text } = await answered(() => {
      asked += 1;
      if (asked > 1)
        return new Response(STREAM, { headers: { "content-type": "text/event-stream" } });
      return new Response(Uint8Array.from(pack(EXHAUSTED)), {
        status: 429,
        headers: { "content-type": "application/json", "content-encoding": encoding },
      });
    });
    expect(response.status).toBe(200);
    expect(text).toBe(STREAM);
    expect(asked).toBe(2);
  });
});
