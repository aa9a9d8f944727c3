import { describe, expect, test } from "vitest";
import { readFirstSseEvent } from "./read-sse-event";
import { eventSplitter } from "./split-events";

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

test("an error that a server writes after a comment is an event, wherever packets cut the stream", () => {
  const stream = ': ping\r\n{"error":{"message":"overloaded"}}\n\ndata: {"a":1}\n\n';
  const bytes = new TextEncoder().encode(stream);
  const whole = eventSplitter("sse").push(bytes);
  expect(whole.map(({ data }) => data)).toEqual(['{"error":{"message":"overloaded"}}', '{"a":1}']);
  for (let cut = 1; cut < bytes.length; cut += 1) {
    const splitter = eventSplitter("sse");
    const events = [bytes.subarray(0, cut), bytes.subarray(cut)].flatMap((piece) =>
      splitter.push(piece),
    );
    expect([cut, events]).toEqual([cut, whole]);
  }
});
