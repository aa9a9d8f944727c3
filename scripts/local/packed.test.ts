import { brotliDecompressSync, createBrotliDecompress, gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { packedAsset } from "./packed-asset.ts";
import { packedPage } from "./packed-page.ts";

const TEXT = "<p>What a page says, again and again.</p>".repeat(100);
const HTML = { "content-type": "text/html", "set-cookie": "a=1", etag: '"v1"' };
const unpack = { br: brotliDecompressSync, gzip: gunzipSync };

describe("a page", () => {
  test.each(["br", "gzip"] as const)("%s", async (coding) => {
    const headers = { ...HTML, "content-length": String(TEXT.length), vary: "RSC" };
    const answer = packedPage(new Response(TEXT, { status: 201, headers }), coding);
    expect(answer.status).toBe(201);
    expect(Object.fromEntries(answer.headers)).toEqual({
      ...HTML,
      etag: 'W/"v1"',
      "content-encoding": coding,
      vary: "RSC, Accept-Encoding",
    });
    expect(unpack[coding](await answer.arrayBuffer()).toString()).toBe(TEXT);
  });

  test("each piece can be read as soon as it was written", async () => {
    const pieces = new TransformStream<Uint8Array, Uint8Array>();
    const answer = packedPage(new Response(pieces.readable, { headers: HTML }), "br");
    const reader = answer.body?.getReader();
    const unpacked = createBrotliDecompress();
    let seen = "";
    unpacked.on("data", (text) => {
      seen += text;
    });
    const writer = pieces.writable.getWriter();
    for (const piece of ["first ", "second ", "third"]) {
      void writer.write(new TextEncoder().encode(piece));
      while (!seen.endsWith(piece)) {
        const { value } = (await reader?.read()) ?? {};
        await new Promise((resolve) => unpacked.write(value, resolve));
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    expect(seen).toBe("first second third");
  });

  test("a client that leaves ends its creation", async () => {
    let isCancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode("again ")),
      cancel: () => {
        isCancelled = true;
      },
    });
    const reader = packedPage(new Response(endless, { headers: HTML }), "gzip").body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await expect.poll(() => isCancelled).toBe(true);
  });

  test("is left unchanged for clients that want it so, and for events", async () => {
    const plain = packedPage(new Response(TEXT, { headers: HTML }), null);
    expect(plain.headers.get("vary")).toBe("Accept-Encoding");
    expect(await plain.text()).toBe(TEXT);
    const events = new Response("data: 1\n\n", {
      headers: { "content-type": "text/event-stream" },
    });
    expect(packedPage(events, "br")).toBe(events);
  });

  test("a HEAD has the headers of its GET", () => {
    const head = packedPage(new Response(null, { headers: HTML }), "br");
    expect(head.headers.get("content-encoding")).toBe("br");
    expect(head.body).toBeNull();
  });
});

describe("a file", () => {
  const file = (etag = '"f1"') =>
    new Response(TEXT, {
      headers: { "content-type": "text/css", etag, "cache-control": "max-age=9" },
    });
  const none = () => Promise.reject(new Error("must not be read"));
  const get = new Request("http://x/_next/static/a.css");

  test.each(["br", "gzip"] as const)("%s, whose length is known, once", async (coding) => {
    for (const read of [file(), file()]) {
      const answer = await packedAsset(get, read, coding, none);
      const bytes = await answer.arrayBuffer();
      expect(Object.fromEntries(answer.headers)).toEqual({
        "cache-control": "max-age=9",
        "content-encoding": coding,
        "content-length": String(bytes.byteLength),
        "content-type": "text/css",
        etag: 'W/"f1"',
        vary: "Accept-Encoding",
      });
      expect(unpack[coding](bytes).toString()).toBe(TEXT);
    }
  });

  test("another version is compressed again", async () => {
    const first = await packedAsset(get, new Response("old", file()), "gzip", none);
    await first.arrayBuffer();
    const second = await packedAsset(get, new Response("new", file('"f2"')), "gzip", none);
    expect(gunzipSync(await second.arrayBuffer()).toString()).toBe("new");
  });

  test("a HEAD has the headers of its GET", async () => {
    const head = new Request(get, { method: "HEAD" });
    const { headers } = file('"f3"');
    const answer = await packedAsset(head, new Response(null, { headers }), "br", async () =>
      file('"f3"'),
    );
    const whole = await packedAsset(get, file('"f3"'), "br", none);
    expect(Object.fromEntries(answer.headers)).toEqual(Object.fromEntries(whole.headers));
    expect(answer.body).toBeNull();
  });

  test("a 304, pictures and clients that want it uncompressed: no compression", async () => {
    const unchanged = new Response(null, { status: 304, headers: { etag: '"f1"' } });
    const answer = await packedAsset(get, unchanged, "br", none);
    expect([answer.status, answer.headers.get("vary")]).toEqual([304, "Accept-Encoding"]);
    const picture = new Response("png", { headers: { "content-type": "image/png" } });
    expect(await packedAsset(get, picture, "br", none)).toBe(picture);
    expect(await (await packedAsset(get, file(), null, none)).text()).toBe(TEXT);
  });
});
