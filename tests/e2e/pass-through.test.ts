/** Pass-through that a client can't distinguish from the real thing. */
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SPEECH_BYTES } from "../fake-upstream/openai-media.ts";
import { BIG_STREAM, BIG_STREAM_SHA256, ODD_HEADERS } from "../fake-upstream/special-models.ts";
import { VOICE_BYTES } from "../fake-upstream/speech-providers.ts";
import { chat } from "./chat.ts";
import { ADMIN_TOKEN, type Stack, sharedStack } from "./harness.ts";
import { rawHttp } from "./raw-http.ts";
import { sha256 } from "./sha256.ts";

const KEYS = {
  openai: "sk-fake-openai",
  anthropic: "sk-ant-fake",
  "google-ai-studio": "AIza-fake",
  elevenlabs: "el-fake",
  deepgram: "dg-fake",
  replicate: "r8-fake",
};
const BEARER = { authorization: `Bearer ${ADMIN_TOKEN}` };
const JSON_HEADERS = { ...BEARER, "content-type": "application/json" };

let stack: Stack;
beforeAll(async () => {
  const keys = Object.fromEntries(Object.values(KEYS).map((key) => [key, { kind: "ok" }] as const));
  stack = await sharedStack({ keys });
  for (const [provider, key] of Object.entries(KEYS)) await stack.admin.addKeys(provider, [key]);
});
beforeEach(() => stack.upstream.clear());
afterAll(() => stack?.close());

const lastRequest = () => {
  const request = stack.upstream.requests.at(-1);
  if (request === undefined) throw new Error("the upstream saw no request");
  return request;
};

describe("answers", () => {
  test("a 2 MB stream arrives byte for byte", async () => {
    const response = await chat(stack, { model: "fake-2mb-stream" });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(bytes.length).toBe(BIG_STREAM.length);
    expect(sha256(bytes)).toBe(BIG_STREAM_SHA256);
  });

  test("a stream's first event is there while the upstream still sends", async () => {
    const response = await chat(stack, { model: "fake-slow-stream" });
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(Buffer.from(first?.value ?? []).toString()).toContain('"content":"0 "');
    expect(lastRequest().abortedAtMs).toBeNull();
    await reader?.cancel();
  });

  test.each([false, true])(
    "a compressed response stays compressed for a client that accepts it (streamed: %s)",
    async (stream) => {
      const ask = (base: string, token: string) =>
        rawHttp(`${base}/openai/chat/completions`, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            authorization: `Bearer ${token}`,
            "accept-encoding": "gzip",
          },
          body: JSON.stringify({
            model: "fake-gzip",
            stream,
            messages: [{ role: "user", content: "hi" }],
          }),
        });
      const direct = await ask(stack.upstream.gatewayUrl, KEYS.openai);
      const through = await ask(`${stack.url}/api`, ADMIN_TOKEN);
      expect(through.status).toBe(200);
      expect(through.headers["content-encoding"]).toBe("gzip");
      // Its usage was read on the way, so it was compressed again: the content is the same.
      const content = gunzipSync(through.body).toString();
      expect(content).toBe(gunzipSync(direct.body).toString());
      expect(content).toContain(stream ? "data: [DONE]" : "You said: hi");
    },
  );

  test("a client that takes no compression gets plain bytes", async () => {
    const response = await rawHttp(`${stack.url}/api/openai/chat/completions`, {
      method: "POST",
      headers: { ...JSON_HEADERS, "accept-encoding": "identity" },
      body: JSON.stringify({ model: "fake-gzip", messages: [{ role: "user", content: "hi" }] }),
    });
    expect(response.headers["content-encoding"]).toBeUndefined();
    expect(response.body.toString()).toContain('"You said: hi"');
  });

  test.each([
    ["openai", "audio/speech", { model: "tts-1", voice: "alloy", input: "hi" }, SPEECH_BYTES],
    [
      "elevenlabs",
      "v1/text-to-speech/voice1",
      { model_id: "eleven_flash_v2_5", text: "hi" },
      VOICE_BYTES,
    ],
  ] as const)("binary audio of %s arrives byte for byte", async (provider, path, body, bytes) => {
    const response = await fetch(`${stack.url}/api/${provider}/${path}`, {
      method: "POST",
      headers: JSON_HEADERS,
      body: JSON.stringify(body),
    });
    expect(response.headers.get("content-type")).toBe("audio/mpeg");
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
  });

  test("status and headers are untouched, less set-cookie and hop-by-hop, plus id and attempts", async () => {
    const response = await chat(stack, { model: "fake-headers" });
    expect(response.status).toBe(202);
    for (const name of [
      "x-request-id",
      "x-ratelimit-remaining-requests",
      "openai-processing-ms",
    ] as const) {
      expect(response.headers.get(name), name).toBe(ODD_HEADERS[name]);
    }
    for (const name of ["set-cookie", "keep-alive", "proxy-authenticate", "x-this-hop"]) {
      expect(response.headers.has(name), name).toBe(false);
    }
    expect(response.headers.get("x-one-balance-request-id")).toMatch(/\S{8,}/);
    expect(response.headers.get("x-one-balance-attempts")).toBe("1");
    expect(await response.text()).toBe('{"ok":true}');
  });

  test("an upstream's own rejection passes word for word", async () => {
    const path = "openai/files/file-none";
    const direct = await fetch(`${stack.upstream.gatewayUrl}/${path}`, {
      headers: { authorization: `Bearer ${KEYS.openai}` },
    });
    const through = await fetch(`${stack.url}/api/${path}`, { headers: BEARER });
    expect(through.status).toBe(direct.status);
    expect(await through.text()).toBe(await direct.text());
  });

  test("a limit tells its source", async () => {
    stack.upstream.setKey("sk-fake-gateway", { kind: "gateway-limit" });
    await stack.admin.addKeys("groq", ["sk-fake-gateway"]);
    const response = await chat(stack, { provider: "groq" });
    expect(response.status).toBe(429);
    expect(response.headers.get("x-one-balance-limit-source")).toBe("gateway");
    expect(await response.text()).toContain("AiGatewayError");
  });

  test("Gemini's growing JSON array streams as it is", async () => {
    const path = "google-ai-studio/v1beta/models/gemini-2.5-flash:streamGenerateContent";
    const response = await fetch(`${stack.url}/api/${path}`, {
      method: "POST",
      headers: { "x-goog-api-key": ADMIN_TOKEN, "content-type": "application/json" },
      body: JSON.stringify({ contents: [{ parts: [{ text: "one two" }] }] }),
    });
    const items = JSON.parse(await response.text());
    expect(items).toHaveLength(4);
    expect(items[3].candidates[0].finishReason).toBe("STOP");
  });
});

describe("requests", () => {
  test("the client's credentials, address and choice of an account never reach the upstream", async () => {
    await fetch(
      `${stack.url}/api/openai/chat/completions?key=${ADMIN_TOKEN}&keep=1&access_token=${ADMIN_TOKEN}`,
      {
        method: "POST",
        headers: {
          ...JSON_HEADERS,
          "x-api-key": ADMIN_TOKEN,
          "x-goog-api-key": ADMIN_TOKEN,
          "api-key": ADMIN_TOKEN,
          "xi-api-key": ADMIN_TOKEN,
          cookie: "session=private",
          "x-forwarded-for": "203.0.113.9",
          "x-real-ip": "203.0.113.9",
          "cf-connecting-ip": "203.0.113.9",
          referer: "https://app.example/private",
          "sec-fetch-site": "cross-site",
          "x-auth-token": ADMIN_TOKEN,
          "x-stainless-lang": "js",
          "openai-organization": "org-private",
          "openai-project": "proj-private",
          "x-goog-user-project": "project-private",
          "anthropic-workspace-id": "wrkspc-private",
          "cf-aig-cache-key": "private",
          "accept-encoding": "gzip, deflate, br, zstd",
        },
        body: JSON.stringify({ model: "gpt-4o", messages: [] }),
      },
    );
    const request = lastRequest();
    expect(request.key).toBe(KEYS.openai);
    expect(request.query).toBe("?keep=1");
    const everything = JSON.stringify([request.headers, request.query, request.path]);
    expect(everything).not.toContain(ADMIN_TOKEN);
    expect(everything).not.toContain("203.0.113.9");
    expect(everything).not.toContain("private");
    expect(request.headers).toMatchObject({
      "x-stainless-lang": "js",
      "accept-encoding": "gzip, br",
    });
    expect(Object.keys(request.headers).filter((name) => name.startsWith("sec-"))).toEqual([]);
  });

  test.each([
    ["openai", "authorization: Bearer"],
    ["anthropic", "x-api-key"],
    ["google-ai-studio", "x-goog-api-key"],
    ["elevenlabs", "xi-api-key"],
    ["deepgram", "authorization: Token"],
  ] as const)("the pool's key goes where %s wants it (%s)", async (provider, place) => {
    await fetch(`${stack.url}/api/${provider}/v1/models`, {
      headers: { ...BEARER, "anthropic-version": "2023-06-01" },
    });
    expect(lastRequest()).toMatchObject({ key: KEYS[provider], keyFrom: place });
  });

  test.each(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])(
    "%s passes with path, query and body",
    async (method) => {
      const hasBody = !["GET", "HEAD", "OPTIONS"].includes(method);
      const response = await fetch(`${stack.url}/api/replicate/predictions/p%20q/x?a=1&b=%2F`, {
        method,
        headers: { ...BEARER, "content-type": "text/plain" },
        ...(hasBody && { body: "some body" }),
      });
      expect(response.status).toBe(200);
      const request = lastRequest();
      expect(request).toMatchObject({
        method,
        path: "predictions/p%20q/x",
        query: "?a=1&b=%2F",
        key: KEYS.replicate,
        bodySha256: sha256(Buffer.from(hasBody ? "some body" : "")),
      });
      if (method === "HEAD") expect(await response.text()).toBe("");
      else expect(await response.json()).toMatchObject({ method, path: "predictions/p%20q/x" });
    },
  );

  test("a JSON body arrives byte for byte, odd spacing and unknown fields included", async () => {
    const body = '{ "messages" : [ ] ,\n\t"unknown":1e3, "model":"gpt-4o" , "x":"\\u00e9é" }';
    await fetch(`${stack.url}/api/openai/chat/completions`, {
      method: "POST",
      headers: JSON_HEADERS,
      body,
    });
    expect(lastRequest().bodySha256).toBe(sha256(Buffer.from(body)));
  });

  test("a multipart upload of 12 MB is streamed through in one attempt, byte for byte", async () => {
    const file = Buffer.alloc(12 * 1024 * 1024, 9);
    const form = new FormData();
    form.set("model", "whisper-1");
    form.set("file", new Blob([file], { type: "audio/wav" }), "long.wav");
    const encoded = new Response(form);
    const contentType = encoded.headers.get("content-type") ?? "";
    const body = Buffer.from(await encoded.arrayBuffer());
    const response = await fetch(`${stack.url}/api/openai/audio/transcriptions`, {
      method: "POST",
      headers: { ...BEARER, "content-type": contentType },
      body,
    });
    expect(await response.json()).toMatchObject({ text: `long.wav of ${file.length} bytes` });
    expect(response.headers.get("x-one-balance-attempts")).toBe("1");
    expect(lastRequest()).toMatchObject({
      bodyBytes: body.length,
      bodySha256: sha256(body),
      model: "whisper-1",
    });
  });

  test("a long upload is not tried a second time when its only attempt fails", async () => {
    const failing = { kind: "flaky", share: 1, seed: 1 } as const;
    stack.upstream.setKey("sk-fake-down-1", failing);
    stack.upstream.setKey("sk-fake-down-2", failing);
    await stack.admin.addKeys("mistral", ["sk-fake-down-1", "sk-fake-down-2"]);
    const form = new FormData();
    form.set("model", "voxtral-mini");
    form.set("file", new Blob([Buffer.alloc(9 * 1024 * 1024)]), "long.wav");
    const response = await fetch(`${stack.url}/api/mistral/v1/audio/transcriptions`, {
      method: "POST",
      headers: BEARER,
      body: form,
    });
    expect(response.status).toBe(503);
    expect(response.headers.get("x-one-balance-attempts")).toBe("1");
    await response.text();
    expect(stack.upstream.requests).toHaveLength(1);
  });
});
