import { describe, expect, test } from "vitest";
import { readErrorFacts } from "./read-error-facts";
import { readQuotaHeaders, readQuotaRefusal } from "./read-limits";

const NOW = Date.parse("2026-04-28T18:00:00Z");
const MINUTE = 60_000;
const DAY = 86_400_000;

function readings(headers: Record<string, string>) {
  return readQuotaHeaders(new Headers(headers), NOW);
}

describe("headers", () => {
  test("of OpenAI: what refills in a minute, and what in a day", () => {
    const [requests, tokens] = readings({
      "x-ratelimit-limit-requests": "10000",
      "x-ratelimit-remaining-requests": "9000",
      "x-ratelimit-reset-requests": "2h24m0s",
      "x-ratelimit-limit-tokens": "40000",
      "x-ratelimit-remaining-tokens": "30000",
      "x-ratelimit-reset-tokens": "15s",
    });
    expect(requests).toMatchObject({ unit: "requests", limit: 10_000, refillMs: DAY });
    expect(tokens).toMatchObject({ unit: "tokens", remaining: 30_000, refillMs: MINUTE });
    expect(tokens?.resetMs).toBe(NOW + 15_000);
  });

  test("of a fixed window: no refill fits the reset", () => {
    const [window] = readings({
      "x-ratelimit-limit": "20",
      "x-ratelimit-remaining": "5",
      "x-ratelimit-reset": String(NOW + 9_000),
    });
    expect(window).toMatchObject({ resetMs: NOW + 9_000, refillMs: null });
  });

  test("of Anthropic, with each kind of tokens by itself", () => {
    const all = readings({
      "anthropic-ratelimit-requests-limit": "50",
      "anthropic-ratelimit-requests-remaining": "49",
      "anthropic-ratelimit-requests-reset": "2026-04-28T18:00:02Z",
      "anthropic-ratelimit-input-tokens-limit": "30000",
      "anthropic-ratelimit-input-tokens-remaining": "29000",
      "anthropic-ratelimit-input-tokens-reset": "2026-04-28T18:00:02Z",
    });
    expect(all.map(({ name, unit, refillMs }) => [name, unit, refillMs])).toEqual([
      ["requests", "requests", MINUTE],
      ["input-tokens", "tokens", MINUTE],
    ]);
  });

  test("of Mistral, which names the minute and tells no reset", () => {
    const [requests] = readings({
      "x-ratelimit-limit-req-minute": "60",
      "x-ratelimit-remaining-req-minute": "58",
    });
    expect(requests).toMatchObject({ limit: 60, remaining: 58, refillMs: MINUTE });
  });

  test.each([
    ["none", {}],
    ["half of them", { "x-ratelimit-remaining-requests": "3" }],
    [
      "more left than there is",
      { "x-ratelimit-limit": "1", "x-ratelimit-remaining": "2", "x-ratelimit-reset": "5" },
    ],
    [
      "Azure's -1",
      {
        "x-ratelimit-limit-requests": "-1",
        "x-ratelimit-remaining-requests": "-1",
        "x-ratelimit-reset-requests": "0",
      },
    ],
  ])("that make no sense say nothing: %s", (_what, headers) => {
    expect(readings(headers as Record<string, string>)).toEqual([]);
  });
});

describe("rejections", () => {
  const read = (body: unknown, headers: Record<string, string> = {}) =>
    readQuotaRefusal(readErrorFacts(429, new Headers(headers), JSON.stringify(body)), NOW);

  test("of Google name the quota, its value and the moment to the millisecond", () => {
    const body = {
      error: {
        code: 429,
        message: "You exceeded your current quota.",
        details: [
          {
            violations: [
              { quotaId: "GenerateRequestsPerMinutePerProjectPerModel-FreeTier", quotaValue: "10" },
            ],
          },
          { retryDelay: "2.125s" },
        ],
      },
    };
    expect(read(body)).toEqual({
      unit: "requests",
      span: "minute",
      limit: 10,
      retryAtMs: NOW + 2_125,
      requested: null,
    });
  });

  test("of Google for a day and for tokens", () => {
    const of = (...quotaIds: string[]) =>
      read({
        error: {
          details: [{ violations: quotaIds.map((quotaId) => ({ quotaId, quotaValue: "7" })) }],
        },
      });
    expect(of("GenerateContentInputTokensPerModelPerMinute-FreeTier")).toMatchObject({
      unit: "tokens",
      span: "minute",
      limit: 7,
    });
    expect(
      of("GenerateRequestsPerMinutePerProject", "GenerateRequestsPerDayPerProject"),
    ).toMatchObject({ span: "day" });
  });

  test("in OpenAI's words", () => {
    const message =
      "Rate limit reached for gpt in organization org on tokens per min (TPM): Limit 30000, Used 29000, Requested 1200. Please try again in 400ms.";
    const body = { error: { message, type: "tokens", code: "rate_limit_exceeded" } };
    expect(read(body)).toEqual({
      unit: "tokens",
      span: "minute",
      limit: 30_000,
      retryAtMs: NOW + 400,
      requested: 1_200,
    });
  });

  test("in Anthropic's words and header", () => {
    const message =
      "This request would exceed your organization's rate limit of 50 requests per minute.";
    const body = { type: "error", error: { type: "rate_limit_error", message } };
    expect(read(body, { "retry-after": "12" })).toMatchObject({
      unit: "requests",
      limit: 50,
      retryAtMs: NOW + 12_000,
    });
  });

  test("that tell nothing", () => {
    expect(read({ error: { message: "Too many requests" } })).toEqual({
      unit: "requests",
      span: "minute",
      limit: null,
      retryAtMs: null,
      requested: null,
    });
  });
});
