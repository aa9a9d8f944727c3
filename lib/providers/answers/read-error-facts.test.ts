import { describe, expect, test } from "vitest";
import { readErrorFacts } from "./read-error-facts";

const read = (body: unknown, status = 400, headers: Record<string, string> = {}) =>
  readErrorFacts(
    status,
    new Headers(headers),
    typeof body === "string" ? body : JSON.stringify(body),
  );

describe("readErrorFacts finds the message and code in", () => {
  const inner = { message: "too  much", code: "limit", type: "quota" };
  test.each<[string, unknown]>([
    ["an error object", { error: inner }],
    ["an array", [{ error: inner }]],
    ["a flat body", inner],
    [
      "the text of a message",
      {
        error: {
          message: JSON.stringify({ error: inner }),
          code: 429,
          status: "Too Many Requests",
        },
      },
    ],
    [
      "two levels of text",
      {
        error: {
          message: JSON.stringify({ error: { message: JSON.stringify({ error: inner }) } }),
        },
      },
    ],
    ["an array under a singular key", { success: false, error: [inner] }],
    ["an array under a plural key", { success: false, errors: [inner] }],
    ["a detail object", { detail: inner }],
    ["a failed response", { type: "response.failed", response: { error: inner } }],
    ["a choice", { choices: [{ error: inner }] }],
    [
      "an event",
      `: hello\n\nevent: error\ndata: ${JSON.stringify({ type: "error", error: inner })}\n\n`,
    ],
    ["JSON with stray commas", `{"error":{"message":"too much",,"code":"limit","type":"quota",}}`],
    [
      "JSON that was cut off",
      `{"error":{"message":"too much","code":"limit","type":"quota","details":[{`,
    ],
    ["JSON after a byte order mark", `\uFEFF${JSON.stringify({ error: inner })}`],
  ])("%s", (_name, body) => {
    expect(read(body)).toMatchObject({
      isJson: true,
      message: "too much",
      code: "limit",
      type: "quota",
    });
  });
});

describe("other shapes", () => {
  test.each<[unknown, Record<string, unknown>]>([
    [
      { code: "permission-denied", error: "no credits" },
      { message: "no credits", code: "permission-denied" },
    ],
    [{ error: "gone" }, { message: "gone", code: "" }],
    [{ detail: "User is locked." }, { message: "User is locked." }],
    [
      { detail: "throttled", status: 429, retry_after: 5 },
      { message: "throttled", statusWord: "" },
    ],
    [
      { detail: [{ loc: ["body"], msg: "field required", type: "missing" }] },
      { message: "field required", type: "missing" },
    ],
    [
      { detail: { status: "quota_exceeded", message: "empty" } },
      { message: "empty", statusWord: "quota_exceeded" },
    ],
    [
      { err_code: "INVALID_AUTH", err_msg: "Invalid credentials." },
      { message: "Invalid credentials.", code: "INVALID_AUTH" },
    ],
    [{ Message: "from AWS" }, { message: "from AWS" }],
    [
      { type: "error", error: { type: "rate_limit_error", message: "m" } },
      { type: "rate_limit_error" },
    ],
    [
      { error: { code: 429, message: "m", status: "RESOURCE_EXHAUSTED" } },
      { code: "429", statusWord: "RESOURCE_EXHAUSTED" },
    ],
    [{ error: { message: "isn\u2019t   so\n" } }, { message: "isn't so" }],
    ["null", { isJson: false, message: "null" }],
    ["[]", { isJson: true, message: "" }],
    [
      "<html><style>a{}</style><h1>502</h1><p>Bad Gateway</p></html>",
      { isJson: false, message: "502 Bad Gateway" },
    ],
    ["", { isJson: false, message: "" }],
    ["{ not json at all", { isJson: false }],
  ])("%j", (body, expected) => {
    expect(read(body)).toMatchObject(expected);
  });
});

test("reasons come from details, nested codes and AWS's header", () => {
  const body = {
    error: {
      message: "m",
      details: [
        { " @type": "type.googleapis.com/google.rpc.ErrorInfo", " reason": "API_KEY_INVALID" },
      ],
      metadata: { error_type: "rate_limit_exceeded", limit_source: "shared" },
      availability: { code: "capacity_exhausted" },
      innererror: { code: "ResponsibleAIPolicyViolation" },
    },
  };
  const { reasons } = read(body, 400, {
    "x-amzn-errortype": "ThrottlingException:http://internal.example/",
  });
  expect(new Set(reasons)).toEqual(
    new Set([
      "API_KEY_INVALID",
      "rate_limit_exceeded",
      "shared",
      "capacity_exhausted",
      "ResponsibleAIPolicyViolation",
      "ThrottlingException",
    ]),
  );
});

test("quota violations, from QuotaFailure and from ErrorInfo's metadata", () => {
  const violation = {
    quotaId: "PerDay",
    quotaMetric: "requests",
    quotaDimensions: { model: "gemini" },
    quotaValue: "50",
  };
  const metadata = { quota_limit: "PerMinute", quota_metric: "tokens", quota_limit_value: "0" };
  expect(
    read({ error: { details: [{ violations: [violation] }, { metadata }] } }).quotaViolations,
  ).toEqual([
    { quotaId: "PerDay", quotaMetric: "requests", model: "gemini", quotaValue: 50 },
    { quotaId: "PerMinute", quotaMetric: "tokens", model: "", quotaValue: 0 },
  ]);
});

test.each<[unknown, number]>([
  [{ error: { code: 429, message: "m" } }, 429],
  [{ type: "error", error: { type: "overloaded_error", message: "m" } }, 529],
  [{ error: { type: "authentication_error", message: "m" } }, 401],
  [{ error: { message: "m" } }, 500],
])("inside a 200, %j stands for %i", (body, status) => {
  expect(read(body, 200).status).toBe(status);
});

test("a key __proto__ changes nothing", () => {
  const facts = read('{"__proto__":{"message":"evil","code":"evil"},"error":{"message":"m"}}');
  expect([facts.message, facts.code]).toEqual(["m", ""]);
});
