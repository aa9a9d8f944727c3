/** A provider's key is in no error that reaches a client, however the provider packs or pads it. */
import {
  brotliDecompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  inflateRawSync,
  inflateSync,
  zstdCompressSync,
  zstdDecompressSync,
} from "node:zlib";
import { describe, expect, test } from "vitest";
import { scriptedProxy, unlimitedToken } from "../doors/scripted-proxy.ts";

const KEY = "sk-fake-0123456789abcdefghij";
const ERROR = JSON.stringify({ error: { message: `Bad request with ${KEY}.` } });
const UNPACKERS = [brotliDecompressSync, inflateSync, inflateRawSync, zstdDecompressSync];

/** What a client gets: the bytes, and whatever they may be packed from. */
async function answered(status: number, headers: Record<string, string>, body: BodyInit | null) {
  const proxy = scriptedProxy({
    keys: { openai: [KEY] },
    upstream: () =>
      new Response(body, { status, headers: { "content-type": "application/json", ...headers } }),
  });
  // Decompression runs on other threads, in real time.
  proxy.clock.hold();
  const init = { method: "POST", body: '{"model":"m","messages":[]}' };
  const response = await proxy.fetch("/api/openai/v1/chat/completions", init);
  const bytes = new Uint8Array(await proxy.clock.run(response.arrayBuffer()));
  const texts = [Buffer.from(bytes).toString("latin1")];
  for (const unpack of UNPACKERS) {
    try {
      texts.push(unpack(bytes).toString("latin1"));
    } catch {
      // It is packed in another way, or not at all.
    }
  }
  const names = [...response.headers].flat().join("\n").toLowerCase();
  return { status: response.status, headers: response.headers, texts, names, length: bytes.length };
}

const packed: readonly (readonly [encoding: string, bytes: Uint8Array<ArrayBuffer>])[] = [
  ["deflate", Uint8Array.from(deflateSync(ERROR))],
  ["deflate", Uint8Array.from(deflateRawSync(ERROR))],
  ["zstd", Uint8Array.from(zstdCompressSync(ERROR))],
  ["gzip, deflate", Uint8Array.from(deflateSync(gzipSync(ERROR)))],
  ["x-unknown", new TextEncoder().encode(ERROR)],
];

describe.each(packed)("an error in %s, which was not asked for", (encoding, bytes) => {
  test.each([302, 400, 404, 422])("with status %i, has its status and no text", async (status) => {
    const got = await answered(status, { "content-encoding": encoding }, bytes);
    expect(got.status).toBe(status);
    expect(got.headers.get("content-encoding")).toBeNull();
    for (const text of [...got.texts, got.names]) expect(text).not.toContain(KEY);
    expect(JSON.parse(got.texts[0] ?? "")).toMatchObject({
      error: { message: expect.any(String) },
    });
  });
});

test("a token in place of a model is neither sent nor recorded", async () => {
  const token = "ob-0123456789abcdefghij";
  const proxy = scriptedProxy({
    keys: { openai: [KEY] },
    tokens: new Map([[token, unlimitedToken("at_1")]]),
    upstream: () => new Response(ERROR, { status: 404 }),
  });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  for (const model of [
    token,
    `openai/${token}`,
    encodeURIComponent(`x ${token}`),
    btoa(`${token}:`),
  ]) {
    for (const path of ["/api/openai/v1/chat/completions", "/api/compat/chat/completions"]) {
      const body = JSON.stringify({
        model: path.includes("compat") ? `openai/${model}` : model,
        messages: [],
      });
      const response = await proxy.fetch(path, { method: "POST", headers, body });
      expect(response.status).toBe(400);
      expect(await response.text()).not.toContain(token);
    }
  }
  expect(proxy.calls).toEqual([]);
  expect(proxy.usage.events.map(({ model }) => model)).toEqual(Array(8).fill(null));
});

test("nor in a header's name", async () => {
  const got = await answered(400, { [`x-${KEY}`]: "1", "x-other": "2" }, ERROR);
  expect(got.names).not.toContain(KEY);
  expect(got.headers.get("x-other")).toBe("2");
});

test("an error that repeats a long request in escapes is cut off, and a plain one isn't", async () => {
  const parts = 160;
  const pieces = (text: string) =>
    new ReadableStream({
      start(controller) {
        for (let part = 0; part < parts; part += 1)
          controller.enqueue(new TextEncoder().encode(text));
        controller.close();
      },
    });
  const piece = 64 * 1024;
  const plain = await answered(400, {}, pieces("x".repeat(piece)));
  expect(plain.length).toBe(parts * piece);
  for (const written of ["%25", "\\u0073", "&#115;"]) {
    const text = written.repeat(piece / written.length);
    const got = await answered(400, {}, pieces(text));
    expect(got.length).toBeGreaterThan(piece);
    expect(got.length).toBeLessThan(8 * piece);
  }
});
