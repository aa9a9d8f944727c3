import { describe, expect, test } from "vitest";
import { acceptedCoding, isPackable } from "./content-coding.ts";

test.each([
  [null, null],
  ["", null],
  ["identity", null],
  ["gzip", "gzip"],
  ["gzip, deflate, br, zstd", "br"],
  ["GZIP;Q=1.0, br;q=0.5", "gzip"],
  ["br;q=0, gzip;q=0.1", "gzip"],
  ["*", "br"],
  ["*;q=0", null],
  ["br;q=0, *", "gzip"],
  ["gzip;q=nonsense", null],
])("accept-encoding %j: %s", (accept, coding) => {
  expect(acceptedCoding(accept)).toBe(coding);
});

describe("isPackable", () => {
  const of = (type: string, headers: Readonly<Record<string, string>> = {}) =>
    isPackable(new Response("", { headers: { "content-type": type, ...headers } }));

  test.each([
    "text/html; charset=utf-8",
    "text/x-component",
    "application/json",
    "text/css",
    "image/svg+xml",
  ])("%s is", (type) => {
    expect(of(type)).toBe(true);
  });

  test.each([
    "text/event-stream",
    "text/event-stream; charset=utf-8",
    "image/png",
    "font/woff2",
    "application/octet-stream",
  ])("%s is not", (type) => {
    expect(of(type)).toBe(false);
  });

  test("nor is what is packed, partial, or to be left alone", () => {
    expect(of("text/html", { "content-encoding": "gzip" })).toBe(false);
    expect(of("text/html", { "content-range": "bytes 0-1/2" })).toBe(false);
    expect(of("text/html", { "cache-control": "private, no-transform" })).toBe(false);
  });
});
