/** The official OpenAI SDK through the proxy: only base URL and key are changed. */
import OpenAI, {
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addErrorKeys, ERROR_MODELS, QUICK_FAILURES } from "./error-keys.ts";
import { ADMIN_TOKEN, type Stack, sharedStack, startStack } from "./harness.ts";
import { describeOpenAiCalls } from "./openai-calls.ts";

describe("calls", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await sharedStack({ keys: { "sk-fake-openai": { kind: "ok" } } });
    await stack.admin.addKeys("openai", ["sk-fake-openai"]);
  });
  afterAll(() => stack?.close());

  describeOpenAiCalls(() => ({ baseUrl: `${stack.url}/api/openai`, key: ADMIN_TOKEN }));

  test("a base URL with /v1 works as well", async () => {
    const baseURL = `${stack.url}/api/openai/v1`;
    const client = new OpenAI({ baseURL, apiKey: ADMIN_TOKEN, maxRetries: 0 });
    const { data } = await client.models.list();
    expect(data.length).toBeGreaterThan(0);
  });
});

describe("errors raise the SDK's own exception class", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ vars: QUICK_FAILURES });
    await addErrorKeys(stack, "openai");
  });
  afterAll(() => stack?.close());

  const chat = (model: string, apiKey = ADMIN_TOKEN, provider = "openai", content = "hi") =>
    new OpenAI({ baseURL: `${stack.url}/api/${provider}`, apiKey, maxRetries: 0 }).chat.completions
      .create({ model, messages: [{ role: "user", content }] })
      .then(
        () => expect.unreachable("the call should have failed"),
        (error: unknown) => error,
      );

  test("an unknown token: AuthenticationError", async () => {
    const error = await chat("gpt-4o", "not-a-token");
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ status: 401, code: "invalid_access_token" });
  });

  test("a token for other providers: PermissionDeniedError", async () => {
    const { token } = await stack.admin.createToken({ name: "other", providers: ["anthropic"] });
    const error = await chat("gpt-4o", token);
    expect(error).toBeInstanceOf(PermissionDeniedError);
    expect(error).toMatchObject({ status: 403, code: "access_denied" });
  });

  test("a token for other models: PermissionDeniedError", async () => {
    const { token } = await stack.admin.createToken({ name: "mini", models: ["gpt-4o-mini"] });
    const error = await chat("gpt-4o", token);
    expect(error).toBeInstanceOf(PermissionDeniedError);
    expect(error).toMatchObject({ status: 403, code: "access_denied" });
  });

  test("an unknown provider: NotFoundError", async () => {
    const error = await chat("gpt-4o", ADMIN_TOKEN, "nosuchprovider");
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ status: 404, code: "unknown_provider" });
  });

  test("no model: BadRequestError", async () => {
    const error = await chat("");
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ status: 400, code: "model_required" });
  });

  test("every key cooling: RateLimitError with the time to wait", async () => {
    const error = await chat(ERROR_MODELS.pool_exhausted);
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error).toMatchObject({ status: 429, code: "pool_exhausted" });
    if (!(error instanceof RateLimitError)) return;
    const seconds = Number(error.headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(30);
    expect(seconds).toBeLessThanOrEqual(40);
    expect(error.headers.get("x-one-balance-limit-source")).toBe("pool");
  });

  test.each([
    [503, "no_provider_keys"],
    [502, "upstream_unreachable"],
    [504, "upstream_timeout"],
  ] as const)("%i %s: InternalServerError", async (status, code) => {
    const error = await chat(ERROR_MODELS[code]);
    expect(error).toBeInstanceOf(InternalServerError);
    expect(error).toMatchObject({ status, code });
  });

  test("a body over the limit: 413 with its code", async () => {
    const error = await chat("gpt-4o", ADMIN_TOKEN, "openai", "x".repeat(100 * 1024 * 1024));
    expect(error).toMatchObject({ status: 413, code: "body_too_large" });
  });
});
