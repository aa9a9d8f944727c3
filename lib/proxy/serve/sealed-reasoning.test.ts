import { describe, expect, test } from "vitest";
import type { RequestBody } from "../request/request-body";
import { mayCarryReasoning, withoutReasoning } from "./sealed-reasoning";

const kept = (value: unknown): RequestBody => ({
  kind: "kept",
  bytes: new TextEncoder().encode(JSON.stringify(value)),
});

function left(value: unknown, upTo: number | null = null) {
  const without = withoutReasoning(kept(value), upTo);
  if (without === null) return null;
  const { body, dropped, mark } = without;
  if (body.kind !== "kept") throw new Error("not kept");
  return { value: JSON.parse(new TextDecoder().decode(body.bytes)), dropped, mark };
}

const user = (text: string) => ({ role: "user", content: text });

describe("a conversation goes on without its sealed reasoning", () => {
  test("Responses: without the items, and without ids that lead to them", () => {
    const value = {
      model: "gpt-5",
      input: [
        { type: "message", ...user("hi") },
        { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "gAAAA1" },
        { type: "function_call", id: "fc_1", call_id: "call_1", name: "f", arguments: "{}" },
        { type: "function_call_output", call_id: "call_1", output: "4" },
      ],
    };
    expect(left(value)).toMatchObject({
      dropped: ["encrypted_content"],
      value: {
        model: "gpt-5",
        input: [
          { type: "message", role: "user", content: "hi" },
          { type: "function_call", call_id: "call_1", name: "f", arguments: "{}" },
          { type: "function_call_output", call_id: "call_1", output: "4" },
        ],
      },
    });
    expect(left(value)?.value.input[1]).not.toHaveProperty("id");
  });

  test("Messages: without thinking, and with thinking off where a call waits for its result", () => {
    const thinking = { type: "thinking", thinking: "hm", signature: "sig1" };
    const call = { type: "tool_use", id: "toolu_1", name: "f", input: {} };
    const value = {
      thinking: { type: "enabled", budget_tokens: 1024 },
      context_management: { edits: [{ type: "clear_thinking_20251015" }, { type: "clear_tool" }] },
      messages: [
        user("hi"),
        { role: "assistant", content: [{ type: "redacted_thinking", data: "abc" }] },
        user("go on"),
        { role: "assistant", content: [thinking, call] },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1" }] },
      ],
    };
    expect(left(value)).toMatchObject({
      dropped: ["redacted_thinking", "thinking"],
      value: {
        context_management: { edits: [{ type: "clear_tool" }] },
        messages: [
          user("hi"),
          user("go on"),
          { role: "assistant", content: [call] },
          { role: "user" },
        ],
      },
    });
    expect(left(value)?.value).not.toHaveProperty("thinking");
    const plain = { ...value, messages: value.messages.slice(0, 3) };
    expect(left(plain)?.value).toHaveProperty("thinking");
  });

  test("Gemini: calls keep the word that stands for a missing signature", () => {
    const value = {
      contents: [
        {
          role: "model",
          parts: [
            { text: "hm", thoughtSignature: "s1" },
            { functionCall: { name: "f" }, thoughtSignature: "s2" },
            { thought_signature: "s3" },
          ],
        },
      ],
    };
    expect(left(value)?.value.contents[0].parts).toEqual([
      { text: "hm" },
      { functionCall: { name: "f" }, thoughtSignature: "skip_thought_signature_validator" },
      { text: "" },
    ]);
    expect(left(left(value)?.value)).toBeNull();
  });

  test("Chat, Converse and Interactions", () => {
    const details = [
      { type: "reasoning.encrypted", data: "x" },
      { type: "reasoning.text", text: "y" },
    ];
    const call = {
      id: "c",
      extra_content: { google: { thought_signature: "s" } },
    };
    const chat = {
      messages: [{ role: "assistant", reasoning_details: details, tool_calls: [call] }],
    };
    expect(left(chat)).toMatchObject({
      dropped: ["reasoning_details", "thought_signature"],
      value: {
        messages: [
          {
            reasoning_details: [{ type: "reasoning.text", text: "y" }],
            tool_calls: [
              {
                extra_content: {
                  google: { thought_signature: "skip_thought_signature_validator" },
                },
              },
            ],
          },
        ],
      },
    });
    const reasoningContent = { reasoningText: { text: "hm", signature: "s" } };
    const converse = {
      messages: [{ role: "assistant", content: [{ reasoningContent }, { text: "a" }] }],
    };
    expect(left(converse)?.value.messages[0].content).toEqual([{ text: "a" }]);
    const interactions = {
      input: [
        { type: "thought", signature: "s" },
        { type: "text", text: "a" },
      ],
    };
    expect(left(interactions)?.value.input).toEqual([{ type: "text", text: "a" }]);
  });

  test("up to a mark, where later items were made by another", () => {
    const item = (seal: string) => ({ type: "reasoning", encrypted_content: seal });
    const first = left({ input: [item("one"), item("two")] });
    expect(first?.value.input).toEqual([]);
    const next = left({ input: [item("one"), item("two"), item("three")] }, first?.mark ?? null);
    expect(next?.value.input).toEqual([item("three")]);
    expect(next?.mark).toBe(first?.mark);
    expect(left({ input: [item("three")] }, first?.mark ?? null)).toBeNull();
  });

  test.each([
    { input: "what is encrypted_content?" },
    { messages: [user('say "signature"')] },
    { input: [{ type: "reasoning", encrypted_content: null }] },
    {
      messages: [
        { role: "assistant", content: [{ type: "thinking", thinking: "", signature: "" }] },
      ],
    },
    { contents: [null, 3, { parts: "x" }], messages: {}, input: [[]], signature: 1 },
    [],
  ])("what carries none stays as it is: %j", (value) => {
    expect(left(value)).toBeNull();
  });

  test("what is no JSON, or is sent as it comes, stays too", () => {
    const bytes = new TextEncoder().encode('{"encrypted_content":');
    expect(withoutReasoning({ kind: "kept", bytes }, null)).toBeNull();
    expect(withoutReasoning({ kind: "none" }, null)).toBeNull();
    expect(mayCarryReasoning({ kind: "kept", bytes })).toBe(true);
  });

  test("twenty thousand items take time in proportion", () => {
    const blocks = Array.from({ length: 20_000 }, (_, index) => ({
      type: "thinking",
      thinking: "",
      signature: `s${index}`,
    }));
    const value = {
      messages: [{ role: "assistant", content: [...blocks, { type: "text", text: "a" }] }],
    };
    expect(left(value)?.value.messages[0].content).toEqual([{ type: "text", text: "a" }]);
  });
});
