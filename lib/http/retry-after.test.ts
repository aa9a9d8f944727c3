import { describe, expect, test } from "vitest";
import { readRetryAfter } from "./retry-after";

const NOW_MS = Date.parse("2026-11-22T12:00:00Z");

describe("readRetryAfter", () => {
  test.each<[Record<string, string>, number | null]>([
    [{ "retry-after": "12" }, 12_000],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": "1.5" }, 1500],
    [{ "retry-after": "Sun, 22 Nov 2026 12:01:30 GMT" }, 90_000],
    [{ "retry-after": "Sunday, 22-Nov-2026 12:00:10 GMT" }, 10_000],
    [{ "retry-after": "2026-11-22T12:00:05Z" }, 5000],
    [{ "retry-after": "Sun, 22 Nov 2026 11:00:00 GMT" }, 0],
    [{ "retry-after-ms": "250", "retry-after": "12" }, 250],
    [{ "retry-after-ms": "soon", "retry-after": "12" }, 12_000],
    [{ "retry-after": "-1" }, null],
    [{ "retry-after": "1 banana" }, null],
    [{}, null],
  ])("%j waits %s ms", (headers, expected) => {
    expect(readRetryAfter(new Headers(headers), NOW_MS)).toBe(expected);
  });
});
