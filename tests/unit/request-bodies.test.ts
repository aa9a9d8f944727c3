/** Bodies that arrive compressed, or longer than is kept: what is read, what is sent, and what is rejected. */
import {
  brotliCompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from "node:zlib";
import { describe, expect, test } from "vitest";
import type { AccessToken } from "../../lib/proxy/ports.ts";
import { MAX_BODY_BYTES } from "../../lib/proxy/request/request-body.ts";
import { scriptedProxy, unlimitedToken } from "../doors/scripted-proxy.ts";

const MEBIBYTE = 1024 * 1024;

const limited: AccessToken = {
  ...unlimitedToken("at_limited"),
  scopes: [{ provider: null, models: ["gpt-4o", "whisper-1", "claude-sonnet-4-5"] }],
};

function proxy() {
  return scriptedProxy({
    upstream: () => Response.json({ choices: [] }),
    keys: { openai: ["sk-fake-openai-1", "sk-fake-openai-2"], anthropic: ["sk-ant-fake-1"] },
    tokens: new Map([
      ["token", unlimitedToken("at_token")],
      ["limited", limited],
    ]),
  });
}

const post = (body: BodyInit, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  body,
  headers: { "content-type": "application/json", ...headers },
});
const asLimited = { authorization: "Bearer limited" };
const CHAT = "/api/openai/chat/completions";

/** A chat as openai-python writes it: the model last. */
const chat = (bytes: number, model = "gpt-4o") =>
  `{"messages":[{"role":"user","content":"${"A".repeat(bytes)}"}],"model":"${model}"}`;

/** A long body, in pieces as from a network. */
const inPieces = (
  text: string,
  headers: Record<string, string> = {},
  pieceBytes = 64 * 1024,
): RequestInit => {
  const bytes = new TextEncoder().encode(text);
  let sent = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      controller.enqueue(bytes.slice(sent, sent + pieceBytes));
      sent += pieceBytes;
      if (sent >= bytes.length) controller.close();
    },
  });
  return { ...post(body, headers), duplex: "half" } as RequestInit;
};

const lengthOf = (text: string) => ({ "content-length": String(text.length) });

const error = async (response: Response) => {
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  return { status: response.status, ...error };
};

/** At its usual quality 40 MiB take seconds. */
function brotliQuickly(bytes: Uint8Array): Buffer {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
}

describe("packed", () => {
  const body = JSON.stringify({ model: "gpt-4o", messages: [] });
  const packed: [string, Uint8Array<ArrayBuffer>][] = [
    ["gzip", new Uint8Array(gzipSync(body))],
    ["x-gzip", new Uint8Array(gzipSync(body))],
    ["GZIP", new Uint8Array(gzipSync(body))],
    ["deflate", new Uint8Array(deflateSync(body))],
    ["deflate", new Uint8Array(deflateRawSync(body))],
    ["br", new Uint8Array(brotliCompressSync(body))],
    ["zstd", new Uint8Array(zstdCompressSync(body))],
  ];

  test.each(packed)("%s is sent unpacked, under its model", async (encoding, bytes) => {
    const { fetch, calls, usage } = proxy();
    const response = await fetch(CHAT, post(bytes, { "content-encoding": encoding }));
    expect(response.status).toBe(200);
    expect(new TextDecoder().decode(calls[0]?.body)).toBe(body);
    expect(calls[0]?.headers.has("content-encoding")).toBe(false);
    await response.text();
    await expect.poll(() => usage.events.at(-1)?.model).toBe("gpt-4o");
  });

  test.each(packed)("%s hides no model from a limited token", async (encoding) => {
    const pack = { gzip: gzipSync, "x-gzip": gzipSync, GZIP: gzipSync, deflate: deflateSync }[
      encoding
    ];
    const other = JSON.stringify({ model: "gpt-5-pro", messages: [] });
    const bytes = new Uint8Array(
      pack ? pack(other) : encoding === "br" ? brotliCompressSync(other) : zstdCompressSync(other),
    );
    const { fetch, calls } = proxy();
    const response = await fetch(CHAT, post(bytes, { ...asLimited, "content-encoding": encoding }));
    expect(response.status).toBe(403);
    expect(calls).toEqual([]);
  });

  test.each(["compress", "gzip, br", "aws-chunked", "snappy"])(
    "%s is rejected",
    async (encoding) => {
      const { fetch, calls } = proxy();
      const response = await fetch(CHAT, post(body, { "content-encoding": encoding }));
      expect(await error(response)).toMatchObject({
        status: 415,
        code: "unsupported_content_encoding",
      });
      expect(calls).toEqual([]);
    },
  );

  test("what isn't compressed as it says is rejected", async () => {
    const response = await proxy().fetch(CHAT, post(body, { "content-encoding": "gzip" }));
    expect(await error(response)).toMatchObject({
      status: 415,
      code: "unsupported_content_encoding",
    });
  });

  test.each([
    ["gzip", gzipSync],
    ["br", brotliQuickly],
    ["zstd", zstdCompressSync],
  ] as const)("a small %s that decompresses to 40 MiB is rejected", async (encoding, pack) => {
    const bytes = new Uint8Array(pack(Buffer.alloc(40 * MEBIBYTE, "a")));
    const response = await proxy().fetch(CHAT, post(bytes, { "content-encoding": encoding }));
    expect(await error(response)).toMatchObject({
      status: 413,
      message: "The request body is larger than 32 MiB once it is unpacked.",
    });
  });
});

describe("long", () => {
  test.each([7, 9, 24])("%i MiB, messages before the model", async (mebibytes) => {
    const body = chat(mebibytes * MEBIBYTE);
    for (const headers of [{}, asLimited, lengthOf(body), { ...asLimited, ...lengthOf(body) }]) {
      const { fetch, calls } = proxy();
      const response = await fetch(CHAT, inPieces(body, headers));
      expect(response.status).toBe(200);
      expect(calls[0]?.body.length).toBe(body.length);
    }
  });

  test("a recording of 12 MiB before the model", async () => {
    for (const headers of [{}, asLimited]) {
      const { fetch, calls } = proxy();
      const form = new FormData();
      form.append("file", new Blob([new Uint8Array(12 * MEBIBYTE)]), "a.wav");
      form.append("model", "whisper-1");
      const response = await fetch("/api/openai/audio/transcriptions", {
        method: "POST",
        body: form,
        headers,
      });
      expect(response.status).toBe(200);
      expect(calls).toHaveLength(1);
    }
  });

  test("a second model behind 9 MiB is seen", async () => {
    const body = chat(9 * MEBIBYTE, "gpt-5-pro").replace("{", '{"model":"gpt-4o",');
    const { fetch, calls } = proxy();
    expect((await fetch(CHAT, inPieces(body, asLimited))).status).toBe(403);
    expect(calls).toEqual([]);
  });

  test("where no model is found in what is read, the error tells the size", async () => {
    const { fetch, calls } = proxy();
    const response = await fetch(CHAT, inPieces(chat(33 * MEBIBYTE)));
    expect(await error(response)).toMatchObject({
      status: 400,
      code: "model_required",
      message: expect.stringContaining("first 32 MiB do not name it"),
    });
    expect(calls).toEqual([]);
  });

  test("what can't be known for a limited token is rejected before anything is sent", async () => {
    const { fetch, calls } = proxy();
    const body = chat(33 * MEBIBYTE).replace("{", '{"model":"gpt-4o",');
    for (const headers of [asLimited, { ...asLimited, ...lengthOf(body) }]) {
      const response = await fetch(CHAT, inPieces(body, headers));
      expect(await error(response)).toMatchObject({ status: 413, code: "body_too_large" });
    }
    expect(calls).toEqual([]);
    expect((await fetch(CHAT, inPieces(body))).status).toBe(200);
  });

  test("a chunked upload that turns out too long answers 413", async () => {
    const { fetch } = proxy();
    const body = `{"model":"gpt-4o","messages":"${"A".repeat(MAX_BODY_BYTES)}"}`;
    const response = await fetch(CHAT, inPieces(body, {}, MEBIBYTE));
    expect(await error(response)).toMatchObject({ status: 413, code: "body_too_large" });
  });

  test("memory is given back: one long request after another", async () => {
    const { fetch } = proxy();
    const body = chat(24 * MEBIBYTE);
    // This many at once would be too many.
    for (let round = 0; round < 4; round += 1) {
      expect((await fetch(CHAT, inPieces(body))).status).toBe(200);
    }
  });

  test("too many at once are rejected for the moment", async () => {
    const { fetch } = proxy();
    const body = chat(24 * MEBIBYTE);
    const responses = await Promise.all([1, 2, 3, 4].map(() => fetch(CHAT, inPieces(body))));
    const statuses = responses.map(({ status }) => status).sort();
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(1);
    const refused = responses.find(({ status }) => status === 413);
    expect(refused?.headers.get("retry-after")).toBe("1");
  });
});

describe("names that are none", () => {
  test.each(["*", "***", "a".repeat(257), "gpt\u0000", "gpt\n4o"])("%j", async (model) => {
    const { fetch, calls } = proxy();
    const response = await fetch(CHAT, post(JSON.stringify({ model, messages: [] })));
    expect(await error(response)).toMatchObject({ status: 400, code: "model_required" });
    expect(calls).toEqual([]);
  });
});
