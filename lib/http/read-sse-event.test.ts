import { describe, expect, test } from "vitest";
import { readFirstSseEvent } from "./read-sse-event";

describe("readFirstSseEvent", () => {
  test.each([
    ["data: 1\n\ndata: 2\n\n", { event: "message", data: "1" }],
    ["event: error\ndata: {}\n\n", { event: "error", data: "{}" }],
    ["event: error\r\ndata: a\r\ndata: b\r\n\r\n", { event: "error", data: "a\nb" }],
    [": keep-alive\n\nid: 7\nretry: 5\n\ndata:x\n\n", { event: "message", data: "x" }],
    ["\uFEFFdata: x", { event: "message", data: "x" }],
    ["event: error", { event: "error", data: "" }],
  ])("%j", (text, expected) => {
    expect(readFirstSseEvent(text)).toEqual(expected);
  });

  test.each(["", "\n\n", ": only a comment\n\n", '{"error":{}}'])("%j holds no event", (text) => {
    expect(readFirstSseEvent(text)).toBeNull();
  });
});
