/** The official Anthropic SDK through the proxy: only base URL and key are changed. */
import Anthropic, {
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from "@anthropic-ai/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeAnthropicCalls } from "./anthropic-calls.ts";
import { addErrorKeys, ERROR_MODELS, QUICK_FAILURES } from "./error-keys.ts";
import { ADMIN_TOKEN, type Stack, sharedStack, startStack } from "./harness.ts";

describe("calls", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await sharedStack({ keys: { "sk-ant-fake": { kind: "ok" } } });
    await stack.admin.addKeys("anthropic", ["sk-ant-fake"]);
  });
  afterAll(() => stack?.close());

  describeAnthropicCalls(() => ({ baseUrl: `${stack.url}/api/anthropic`, key: ADMIN_TOKEN }));

  test("a token sent as Authorization, as `authToken` does, works as well", async () => {
    const client = new Anthropic({
      baseURL: `${stack.url}/api/anthropic`,
      apiKey: null,
      authToken: ADMIN_TOKEN,
      maxRetries: 0,
    });
    const { data } = await client.models.list();
    expect(data.length).toBeGreaterThan(0);
    expect(stack.upstream.requests.at(-1)).toMatchObject({
      key: "sk-ant-fake",
      keyFrom: "x-api-key",
    });
  });
});

describe("errors raise the SDK's own exception class", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ vars: QUICK_FAILURES });
    await addErrorKeys(stack, "anthropic");
  });
  afterAll(() => stack?.close());

  const send = (model: string, apiKey = ADMIN_TOKEN, content = "hi") =>
    new Anthropic({ baseURL: `${stack.url}/api/anthropic`, apiKey, maxRetries: 0 }).messages
      .create({ model, max_tokens: 16, messages: [{ role: "user", content }] })
      .then(
        () => expect.unreachable("the call should have failed"),
        (error: unknown) => error,
      );
  const withCode = (type: string, code: string) => ({
    error: { type: "error", error: { type, code } },
  });

  test("an unknown token: AuthenticationError", async () => {
    const error = await send("claude-haiku-4-5", "not-a-token");
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject(withCode("authentication_error", "invalid_access_token"));
  });

  test("a token for other providers: PermissionDeniedError", async () => {
    const { token } = await stack.admin.createToken({ name: "other", providers: ["openai"] });
    const error = await send("claude-haiku-4-5", token);
    expect(error).toBeInstanceOf(PermissionDeniedError);
    expect(error).toMatchObject(withCode("permission_error", "access_denied"));
  });

  test("no model: BadRequestError", async () => {
    const error = await send("");
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject(withCode("invalid_request_error", "model_required"));
  });

  test("every key cooling: RateLimitError with the time to wait", async () => {
    const error = await send(ERROR_MODELS.pool_exhausted);
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error).toMatchObject(withCode("rate_limit_error", "pool_exhausted"));
    if (!(error instanceof RateLimitError)) return;
    const seconds = Number(error.headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(30);
    expect(seconds).toBeLessThanOrEqual(40);
  });

  test.each([
    [503, "no_provider_keys"],
    [502, "upstream_unreachable"],
    [504, "upstream_timeout"],
  ] as const)("%i %s: the SDK's error for a server's fault", async (status, code) => {
    const error = await send(ERROR_MODELS[code]);
    expect(error).toMatchObject({ status, error: { error: { code } } });
    const expected = {
      502: InternalServerError,
      503: Anthropic.ServiceUnavailableError,
      504: Anthropic.GatewayTimeoutError,
    };
    expect(error).toBeInstanceOf(expected[status]);
  });

  test("a body over the limit: 413 with its code", async () => {
    const error = await send("claude-haiku-4-5", ADMIN_TOKEN, "x".repeat(100 * 1024 * 1024));
    expect(error).toMatchObject({
      status: 413,
      ...withCode("request_too_large", "body_too_large"),
    });
  });

  test("an upstream's rejection of the request itself passes through: NotFoundError", async () => {
    stack.upstream.setKey("sk-ant-fake-models", { kind: "ok" });
    await stack.admin.addKeys("anthropic", ["sk-ant-fake-models"]);
    const client = new Anthropic({
      baseURL: `${stack.url}/api/anthropic`,
      apiKey: ADMIN_TOKEN,
      maxRetries: 0,
    });
    const error = await client.models.retrieve("no-such-model").catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ error: { error: { message: "model: no-such-model" } } });
  });
});
