/** Wrong input gets its documented response, and the next request works. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { chat } from "./chat.ts";
import { ADMIN_TOKEN, type Stack, sharedStack } from "./harness.ts";
import { rawSocket } from "./raw-http.ts";
import { sha256 } from "./sha256.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await sharedStack({ keys: { "sk-fake-openai": { kind: "ok" } } });
  await stack.admin.addKeys("openai", ["sk-fake-openai"]);
});
afterEach(async () => {
  const next = await chat(stack);
  expect(next.status, "the next request").toBe(200);
  await next.text();
  stack.upstream.clear();
});
afterAll(() => stack?.close());

function post(path: string, body: BodyInit, headers: Record<string, string> = {}) {
  return fetch(`${stack.url}/api/${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${ADMIN_TOKEN}`,
      "content-type": "application/json",
      ...headers,
    },
    body,
  });
}

describe("bodies", () => {
  test.each([
    ["not JSON at all", "hello"],
    ["cut in the middle of the model", '{"model": "gpt-'],
    ["empty", ""],
    ["an array", '["model","gpt-4o"]'],
    ["without a model", '{"messages": []}'],
    ["with a model that is no text", '{"model": {"name": "gpt-4o"}, "messages": []}'],
    [
      "with the model only below the top level",
      '{"metadata": {"model": "gpt-4o"}, "messages": []}',
    ],
    ["deeply nested", `{"messages": ${"[".repeat(50_000)}`],
  ])("a body %s: 400 model_required, and the upstream isn't called", async (_, body) => {
    const response = await post("openai/chat/completions", body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "model_required" } });
    expect(stack.upstream.requests).toEqual([]);
  });

  test("bad JSON that names its model is for the upstream to reject, in its own words", async () => {
    const body = '{"model": "gpt-4o", "messages": [}';
    const response = await post("openai/chat/completions", body);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("could not parse the JSON body");
    expect(stack.upstream.requests).toMatchObject([{ bodySha256: sha256(Buffer.from(body)) }]);
  });

  test.each(["openai/chat/completions", "openai/files"])(
    "100 MB to %s: 413, and the upstream gets nothing",
    async (path) => {
      const response = await post(path, Buffer.alloc(100 * 1024 * 1024, 0x20));
      expect(response.status).toBe(413);
      expect(await response.json()).toMatchObject({ error: { code: "body_too_large" } });
      expect(stack.upstream.requests).toEqual([]);
    },
  );
});

describe("paths", () => {
  test("an unknown provider: 404 that lists the known ones", async () => {
    const response = await post("nosuch/chat/completions", "{}");
    expect(response.status).toBe(404);
    const body = await response.text();
    expect(body).toContain('"unknown_provider"');
    for (const slug of ["openai", "anthropic", "google-ai-studio"]) expect(body).toContain(slug);
  });

  test.each([
    "/api/openai/../admin/provider-keys",
    "/api/openai/%2e%2e/admin/provider-keys",
    "/api/openai/%2E%2E/%2E%2E/admin/provider-keys",
    "/api/openai/..%2f..%2fadmin",
    "/api/openai/..%5c..%5canthropic/v1/models",
    "/api/openai/%252e%252e/anthropic/v1/models",
    "/api//openai/models",
    "/api/openai//../../anthropic/v1/models",
  ])("%s with an access token for one provider leads nowhere else", async (path) => {
    const { token } = await stack.admin.createToken({ name: "narrow", providers: ["openai"] });
    const answer = await rawSocket(
      stack.url,
      `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 [234]\d\d /);
    expect(answer).not.toContain("masked");
    for (const request of stack.upstream.requests) {
      expect(request.slug).toBe("openai");
      expect(decodeURIComponent(request.path).split(/[/\\]/)).not.toContain("..");
    }
  });

  test("malformed percent-encoding: 400", async () => {
    const answer = await rawSocket(
      stack.url,
      `GET /api/openai/models/%zz HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(stack.upstream.requests).toEqual([]);
  });
});

describe("headers", () => {
  test.each([
    ["a bare carriage return", "a\rX-Smuggled: 1"],
    ["a bare line feed and a second header", "a\nX-Smuggled 1"],
    ["a NUL", "a\0b"],
  ])("a header with %s is rejected, and the upstream gets nothing", async (_, value) => {
    const body = '{"model":"gpt-4o","messages":[]}';
    const answer = await rawSocket(
      stack.url,
      `POST /api/openai/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\n` +
        `Content-Type: application/json\r\nX-Note: ${value}\r\n` +
        `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(stack.upstream.requests).toEqual([]);
  });

  test("two lengths that disagree are rejected", async () => {
    const answer = await rawSocket(
      stack.url,
      `POST /api/openai/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\n` +
        `Content-Length: 2\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(stack.upstream.requests).toEqual([]);
  });
});

describe("tokens", () => {
  test.each([
    ["unicode", "t\u00f6k\u00e9n-\u{1f511}"],
    ["quotes and brackets", `"'; drop table access_tokens; --<script>`],
    ["of 10 kB", "x".repeat(10_240)],
    ["a percent sign", "%00%ff%"],
    ["spaces only", "   "],
  ])("a token with %s: 401 invalid_access_token", async (_, token) => {
    const bytes = Buffer.from(token).toString("latin1");
    const body = '{"model":"gpt-4o","messages":[]}';
    const answer = await rawSocket(
      stack.url,
      `POST /api/openai/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${bytes}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer).toContain('"invalid_access_token"');
    expect(stack.upstream.requests).toEqual([]);
  });

  test.each(["authorization", "x-api-key", "x-goog-api-key", "api-key", "xi-api-key"])(
    "no token but an empty %s: 401",
    async (header) => {
      const response = await fetch(`${stack.url}/api/openai/models`, { headers: { [header]: "" } });
      expect(response.status).toBe(401);
      await response.text();
    },
  );

  test("an expired token: 401", async () => {
    const { token } = await stack.admin.createToken({
      name: "brief",
      expiresAt: Date.now() + 1500,
    });
    expect((await chat(stack, { token })).status).toBe(200);
    await expect
      .poll(async () => (await chat(stack, { token })).status, { timeout: 5000, interval: 200 })
      .toBe(401);
  });
});
