import { describe, expect, test } from "vitest";
import { ended, MOST_RAW_CHARS, WAITING, withHeaders, withPart, withRaw } from "./chat-run";

describe("a run of the playground", () => {
  test("gathers what headers and parts tell", () => {
    const headers = new Headers({
      "x-one-balance-key": "sk-p%E2%80%A69fQ2",
      "x-one-balance-attempts": "2",
      "x-one-balance-target": "groq/caf%C3%A9",
      "x-one-balance-request-id": "r1",
    });
    let run = withHeaders(WAITING, headers);
    run = withPart(run, { kind: "text", text: "Hel" }, 120);
    run = withPart(run, { kind: "text", text: "lo" }, 150);
    run = withPart(
      run,
      { kind: "usage", inputTokens: 5, cachedInputTokens: 2, outputTokens: 7 },
      160,
    );
    run = withPart(run, { kind: "finish", reason: "stop" }, 160);
    expect(ended(run, 170)).toEqual({
      state: "done",
      text: "Hello",
      thinking: "",
      tools: [],
      raw: "",
      key: "sk-p…9fQ2",
      target: "groq/café",
      attempts: 2,
      requestId: "r1",
      firstTextMs: 120,
      totalMs: 170,
      inputTokens: 5,
      cachedInputTokens: 2,
      outputTokens: 7,
      costUsd: null,
      finishReason: "stop",
      problem: null,
    });
  });

  test("calls of tools are put together, and what came is kept up to a bound", () => {
    const pieces = [
      { kind: "tool", index: 0, name: "weather", text: "" },
      { kind: "tool", index: 0, name: "", text: '{"city"' },
      { kind: "tool", index: 1, name: "time", text: "{}" },
      { kind: "tool", index: 0, name: "", text: ':"Bern"}' },
    ] as const;
    const run = pieces.reduce((before, piece) => withPart(before, piece, 1), WAITING);
    expect(run.tools).toEqual([
      { name: "weather", text: '{"city":"Bern"}' },
      { name: "time", text: "{}" },
    ]);
    expect(withRaw(withRaw(WAITING, "a"), "b").raw).toBe("a\nb");
    let long = WAITING;
    for (let count = 0; count < 10; count += 1) long = withRaw(long, "x".repeat(50_000));
    expect(long.raw.length).toBe(MOST_RAW_CHARS + 1);
  });

  test("what headers do not tell stays unknown", () => {
    expect(withHeaders(WAITING, new Headers())).toMatchObject({ key: null, attempts: null });
  });

  test("an error inside the stream fails it, and keeps the text", () => {
    const run = withPart(WAITING, { kind: "text", text: "Hel" }, 1);
    const broken = withPart(run, { kind: "error", message: "Overloaded" }, 2);
    expect(ended(broken, 3)).toMatchObject({
      state: "failed",
      text: "Hel",
      problem: { kind: "broken", message: "Overloaded" },
    });
  });
});
