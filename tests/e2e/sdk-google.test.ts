/** The official Google Gen AI SDK through the proxy: only base URL and key are changed. */
import { ApiError, GoogleGenAI } from "@google/genai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addErrorKeys, ERROR_MODELS, QUICK_FAILURES } from "./error-keys.ts";
import { describeGoogleCalls } from "./google-calls.ts";
import { ADMIN_TOKEN, type Stack, sharedStack, startStack } from "./harness.ts";

describe("calls", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await sharedStack({ keys: { "AIza-fake": { kind: "ok" } } });
    await stack.admin.addKeys("google-ai-studio", ["AIza-fake"]);
  });
  afterAll(() => stack?.close());

  describeGoogleCalls(() => ({ baseUrl: `${stack.url}/api/google-ai-studio`, key: ADMIN_TOKEN }));
});

describe("uploads", () => {
  let stack: Stack;
  const keys = ["AIza-fake-0", "AIza-fake-1", "AIza-fake-2"];
  beforeAll(async () => {
    const upstream = {
      keys: Object.fromEntries(keys.map((key) => [key, { kind: "ok" }] as const)),
      uploadHost: "google",
    } as const;
    stack = await startStack({ upstream });
    await stack.admin.addKeys("google-ai-studio", keys);
  });
  afterAll(() => stack?.close());

  test("an upload address at Google's own host is turned to the proxy, and its bytes go out with the key that began", async () => {
    const client = new GoogleGenAI({
      apiKey: ADMIN_TOKEN,
      httpOptions: { baseUrl: `${stack.url}/api/google-ai-studio` },
    });
    const bytes = Buffer.alloc(9 * 1024 * 1024, 1);
    const file = await client.files.upload({ file: new Blob([bytes], { type: "text/plain" }) });
    expect(file.sizeBytes).toBe(String(bytes.length));
    const uploads = stack.upstream.requests.filter(({ path }) => path.startsWith("upload/"));
    expect(uploads).toHaveLength(3);
    expect(new Set(uploads.map(({ key }) => key)).size).toBe(1);
  });
});

describe("errors raise ApiError with status and code", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ vars: QUICK_FAILURES });
    await addErrorKeys(stack, "google-ai-studio");
  });
  afterAll(() => stack?.close());

  const generate = async (model: string, apiKey = ADMIN_TOKEN, contents = "hi") => {
    const baseUrl = `${stack.url}/api/google-ai-studio`;
    const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl } });
    try {
      await client.models.generateContent({ model, contents });
    } catch (error) {
      if (error instanceof ApiError)
        return { status: error.status, error: JSON.parse(error.message).error };
      throw error;
    }
    return expect.unreachable("the call should have failed");
  };
  const withCode = (status: number, word: string, reason: string) => ({
    status,
    error: {
      code: status,
      status: word,
      // How long to wait is given next to it, if waiting helps or if it must stop a client.
      details: expect.arrayContaining([expect.objectContaining({ reason })]),
    },
  });

  test("an unknown token: 401", async () => {
    const failure = await generate("gemini-2.5-flash", "not-a-token");
    expect(failure).toMatchObject(withCode(401, "UNAUTHENTICATED", "invalid_access_token"));
  });

  test("a token for other providers: 403", async () => {
    const { token } = await stack.admin.createToken({ name: "other", providers: ["openai"] });
    const failure = await generate("gemini-2.5-flash", token);
    expect(failure).toMatchObject(withCode(403, "PERMISSION_DENIED", "access_denied"));
  });

  test("every key cooling: 429", async () => {
    const failure = await generate(ERROR_MODELS.pool_exhausted);
    expect(failure).toMatchObject(withCode(429, "RESOURCE_EXHAUSTED", "pool_exhausted"));
  });

  test.each([
    [503, "UNAVAILABLE", "no_provider_keys"],
    [502, "UNAVAILABLE", "upstream_unreachable"],
    [504, "DEADLINE_EXCEEDED", "upstream_timeout"],
  ] as const)("%i %s: %s", async (status, word, code) => {
    const failure = await generate(ERROR_MODELS[code]);
    expect(failure).toMatchObject(withCode(status, word, code));
  });

  test("a body over the limit: 413", async () => {
    const failure = await generate("gemini-2.5-flash", ADMIN_TOKEN, "x".repeat(100 * 1024 * 1024));
    expect(failure).toMatchObject(withCode(413, "INVALID_ARGUMENT", "body_too_large"));
  });
});
