/** Answers in deflate or zstd, which nobody asked for, are judged, counted and delivered like plain ones. */
import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { unpackAnswer } from "../../lib/proxy/serve/unpack-answer.ts";
import { scriptedProxy } from "../doors/scripted-proxy.ts";

/** As services do that pack each event by itself. */
const inFrames = (text: string) =>
  Buffer.concat((text.match(/[\s\S]{1,60}/g) ?? []).map((piece) => zstdCompressSync(piece)));

const PACKERS = [
  ["deflate", deflateSync],
  ["deflate", deflateRawSync],
  ["zstd", zstdCompressSync],
  ["zstd", inFrames],
  [" ZSTD ", zstdCompressSync],
  ["x-gzip", gzipSync],
  ["GZIP", gzipSync],
  ["none", Buffer.from],
  ["", Buffer.from],
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

const ok = (body: BodyInit, headers: Record<string, string>, status = 200) =>
  new Response(body, { status, headers: { "content-type": "text/event-stream", ...headers } });

/** A frame of zstd that demands a window of 128 MB. */
const GREEDY = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88, 0x01, 0x00, 0x00);

describe("what is not what its label says", () => {
  test.each([
    ["plain, as deflate", "deflate", STREAM],
    ["plain, as zstd", "zstd", STREAM],
    ["zlib with something behind it", "deflate", withTail(deflateSync(STREAM), 9)],
  ])("%s is read", async (_, encoding, body) => {
    const { response, text, proxy } = await answered(() =>
      ok(typeof body === "string" ? body : Uint8Array.from(body), { "content-encoding": encoding }),
    );
    expect(text).toBe(typeof body === "string" ? body : STREAM);
    expect(response.headers.get("content-encoding")).toBeNull();
    expect(proxy.usage.events.at(-1)?.outcome).toBe("ok");
  });

  test.each([
    ["zlib, cut off", "deflate", deflateSync(STREAM).subarray(0, 20)],
    ["raw deflate, cut off", "deflate", deflateRawSync(STREAM).subarray(0, 20)],
    ["zstd, cut off", "zstd", zstdCompressSync(STREAM).subarray(0, 14)],
    ["zlib with a wrong sum", "deflate", withTail(deflateSync(STREAM).subarray(0, -4), 0)],
    ["zstd and something else", "zstd", withTail(zstdCompressSync(STREAM), 9)],
    ["zstd that demands more memory than there is", "zstd", GREEDY],
  ])("%s breaks off", async (_, encoding, body) => {
    const packed = ok(Uint8Array.from(body), { "content-encoding": encoding });
    const unpacked = await unpackAnswer(packed);
    await expect(unpacked.text()).rejects.toThrow();
  });

  test.each(["{", '{"a":1}', " \n[1]", "<html>", ": hi\n\ndata: 1\n\n", ""])(
    "%j in plain stays so, whatever its label",
    async (said) => {
      for (const encoding of ["deflate", "zstd"]) {
        if (said === "{" && encoding === "deflate") continue;
        const unpacked = await unpackAnswer(ok(said, { "content-encoding": encoding }));
        expect(await unpacked.text()).toBe(said);
      }
    },
  );

  test("a part of a packed body, and one packed twice, pass as they are", async () => {
    const bytes = Uint8Array.from(zstdCompressSync(STREAM).subarray(5, 40));
    for (const [status, encoding] of [
      [206, "zstd"],
      [200, "deflate, gzip"],
    ] as const) {
      const proxy = scriptedProxy({
        keys: { openai: ["sk-fake-1"] },
        upstream: () => ok(bytes, { "content-encoding": encoding, etag: '"1"' }, status),
      });
      proxy.clock.hold();
      const response = await proxy.fetch("/api/openai/v1/files/file-1/content");
      const body = await proxy.clock.run(response.arrayBuffer());
      expect(new Uint8Array(body)).toEqual(bytes);
      expect(response.headers.get("content-encoding")).toBe(encoding);
      expect(response.headers.get("etag")).toBe('"1"');
    }
  });

  test.each([
    ["HEAD", 200],
    ["GET", 204],
    ["GET", 304],
  ])("no body stays none: %s, %i", async (method, status) => {
    const proxy = scriptedProxy({
      keys: { openai: ["sk-fake-1"] },
      upstream: () => new Response(null, { status, headers: { "content-encoding": "zstd" } }),
    });
    const response = await proxy.fetch("/api/openai/v1/models/m", { method });
    expect(response.status).toBe(status);
    expect(response.body).toBeNull();
  });
});

test("what unpacks to a thousand times as much is unpacked as it is read", async () => {
  const bomb = Uint8Array.from(zstdCompressSync(Buffer.alloc(256 * 1024 * 1024, "a")));
  const before = process.memoryUsage().arrayBuffers;
  const proxy = scriptedProxy({
    keys: { openai: ["sk-fake-1"] },
    upstream: () =>
      new Response(bomb, { headers: { "content-type": "audio/mpeg", "content-encoding": "zstd" } }),
  });
  proxy.clock.hold();
  const response = await proxy.fetch("/api/openai/v1/files/file-1/content");
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let read = 0;
  while (read < 4 * 1024 * 1024) read += (await reader.read()).value?.length ?? 0;
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
  await reader.cancel();
});

function withTail(bytes: Uint8Array, byte: number): Uint8Array {
  return Buffer.concat([bytes, Buffer.alloc(4, byte)]);
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
