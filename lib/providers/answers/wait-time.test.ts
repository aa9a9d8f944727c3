import { describe, expect, test } from "vitest";
import { readErrorFacts } from "./read-error-facts";
import { reportedDateMs, reportedWaitMs, shortWaitMs } from "./wait-time";

const NOW_MS = Date.parse("2026-04-28T18:00:00.250Z");

function facts(body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return readErrorFacts(429, new Headers(headers), text);
}
const says = (message: string) => ({ error: { message } });

describe("reportedWaitMs, from texts", () => {
  test.each([
    ["Please try again in 7m12s.", 432_000],
    ["Please try again in 8.64s. Visit https://example.com", 9000],
    ["Please try again in 174ms.", 1000],
    ["Please retry in 900.2ms.", 1000],
    ["Please retry in 39.844676573s.", 40_000],
    ["Please retry after 60 seconds. Please go here", 60_000],
    ["Rate limit is exceeded. Try again in 2 seconds.", 2000],
    ["Your rate limit resets in ~5s.", 5000],
    ["Your quota will reset after 0s.", 0],
    ["Your quota will reset after 3h20m10s.", 12_010_000],
    ["Too many requests. Please wait for 1 minute and try later", 60_000],
    ["Please retry your request after 15 seconds", 15_000],
  ])("%s", (message, expected) => {
    expect(reportedWaitMs(facts(says(message)), NOW_MS)).toBe(expected);
  });

  test.each([
    "Please try again later. You may also contact sales.",
    "Limit 7000, Used 0, Requested 12903.",
    "Rate limit of 30,000 input tokens per minute",
    "Add 10 credits to unlock 1000 free model requests per day",
    "please reduce your message size and try again. 5s is typical",
  ])("%s tells no wait", (message) => {
    expect(reportedWaitMs(facts(says(message)), NOW_MS)).toBeNull();
  });
});

describe("reportedWaitMs, from bodies", () => {
  test.each<[unknown, number]>([
    [{ error: { details: [{ "@type": "…RetryInfo", retryDelay: "0.539477544s" }] } }, 1000],
    [{ error: { details: [{ retryDelay: "34.074824224s" }] } }, 35_000],
    [
      { error: { message: JSON.stringify({ error: { details: [{ retryDelay: "40s" }] } }) } },
      40_000,
    ],
    ['{"error":{"details":[{"retryDelay":"21s"', 21_000],
    [{ detail: "throttled", retry_after: 5 }, 5000],
    [{ error: { availability: { retry_after: 2.5 } } }, 3000],
    [{ error: { metadata: { quotaResetDelay: "539.477544ms" } } }, 1000],
    // The body's own field before its text.
    [{ error: { message: "try again in 9s", retry_after: 4 } }, 4000],
  ])("%j", (body, expected) => {
    expect(reportedWaitMs(facts(body), NOW_MS)).toBe(expected);
  });
});

describe("reportedWaitMs, from headers", () => {
  test.each<[string, Record<string, string>, number | null]>([
    ["retry-after-ms first", { "retry-after-ms": "1200", "retry-after": "60" }, 2000],
    ["retry-after", { "retry-after": "12" }, 12_000],
    ["retry-after as a date", { "retry-after": "Tue, 28 Apr 2026 18:00:10 GMT" }, 10_000],
    ["a Go duration", { "x-ratelimit-reset-requests": "2m59.56s" }, 180_000],
    ["seconds", { "x-ratelimit-reset-tokens": "17" }, 17_000],
    ["epoch seconds", { "x-ratelimit-reset": "1777399230" }, 30_000],
    ["epoch milliseconds", { "x-ratelimit-reset": "1777399230000" }, 30_000],
    ["RFC 3339", { "anthropic-ratelimit-requests-reset": "2026-04-28T18:00:20Z" }, 20_000],
    ["-1 says nothing", { "x-ratelimit-reset-tokens": "-1" }, null],
    ["a moment that is past", { "x-ratelimit-reset": "1777390000" }, 0],
    [
      "of several, the shortest",
      { "x-ratelimit-reset-requests": "6m0s", "x-ratelimit-reset-tokens": "8s" },
      8000,
    ],
    [
      "of several, the one that is used up",
      {
        "x-ratelimit-reset-requests": "6m0s",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-tokens": "8s",
        "x-ratelimit-remaining-tokens": "50",
      },
      360_000,
    ],
  ])("%s", (_name, headers, expected) => {
    expect(reportedWaitMs(facts(says("slow"), headers), NOW_MS)).toBe(expected);
  });

  test("those quoted in the body", () => {
    const body = {
      error: {
        metadata: {
          headers: { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1777420800000" },
        },
      },
    };
    expect(reportedWaitMs(facts(body), NOW_MS)).toBe(6 * 3_600_000);
  });

  test("texts come before reset headers, retry-after before texts", () => {
    const body = says("Please try again in 3s.");
    expect(reportedWaitMs(facts(body, { "x-ratelimit-reset-tokens": "6m0s" }), NOW_MS)).toBe(3000);
    expect(reportedWaitMs(facts(body, { "retry-after": "4" }), NOW_MS)).toBe(4000);
  });
});

test("shortWaitMs believes texts up to an hour, and retry-after up to 25", () => {
  expect(shortWaitMs(facts(says("Please retry after 86400 seconds")), NOW_MS)).toBe(3_600_000);
  expect(shortWaitMs(facts(says("x"), { "retry-after": "9000" }), NOW_MS)).toBe(9_000_000);
  expect(shortWaitMs(facts(says("x"), { "retry-after": "999999" }), NOW_MS)).toBe(25 * 3_600_000);
});

describe("reportedDateMs", () => {
  test.each<[unknown, string]>([
    [says("You will regain access on 2026-08-01 at 00:00 UTC."), "2026-08-01T00:00:00.000Z"],
    [says("Your limit resets at 2026-08-01T06:30"), "2026-08-01T06:30:00.000Z"],
    [says("Blocked until 2026-08-01."), "2026-08-01T00:00:00.000Z"],
    [{ error: { metadata: { resets_at: "2026-05-01T00:00:00Z" } } }, "2026-05-01T00:00:00.000Z"],
    [{ error: { resets_at: 1_777_420_800 } }, "2026-04-29T00:00:00.000Z"],
  ])("%j", (body, expected) => {
    expect(new Date(reportedDateMs(facts(body)) ?? 0).toISOString()).toBe(expected);
  });

  test("no date, and a date about something else", () => {
    expect(reportedDateMs(facts(says("Try again later.")))).toBeNull();
    expect(
      reportedDateMs(facts(says("Operation under API version 2024-02-01 failed. Access denied."))),
    ).toBeNull();
    expect(reportedDateMs(facts({ resets_at: "soon" }))).toBeNull();
  });
});
