import { expect, test } from "vitest";
import { conversationOf, SESSION_HEADER } from "./conversation";

function of(body: unknown, headers: Record<string, string> = {}, tokenId = "at_1") {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  return conversationOf(tokenId, new Headers(headers), { kind: "kept", bytes });
}

const system = { role: "system", content: 'Be "brief" }' };
const hello = { role: "user", content: "Hello {" };
const answer = { role: "assistant", content: "Hi" };

test("turns that begin alike are one conversation; the first is not yet continued", () => {
  const first = of({ model: "m", messages: [system, hello], stream: true });
  const third = of({ model: "m", messages: [system, hello, answer, hello], stream: true });
  expect(first).toMatchObject({ isContinued: false });
  expect(third).toEqual({ name: first?.name, isContinued: true });
});

test("Gemini's turns too, with the role behind the parts", () => {
  const said = (text: string, role: string) => ({ parts: [{ text }], role });
  const first = of({ contents: [said("Hello", "user")] });
  const second = of({
    contents: [said("Hello", "user"), said("Hi", "model"), said("So?", "user")],
  });
  expect(second).toEqual({ name: first?.name, isContinued: true });
});

test("another beginning, model or caller is another conversation", () => {
  const body = { model: "m", messages: [system, hello] };
  const names = [
    of(body),
    of({ ...body, messages: [hello] }),
    of({ ...body, model: "n" }),
    of(body, {}, "at_2"),
  ].map((conversation) => conversation?.name);
  expect(new Set(names).size).toBe(4);
});

test("the header says it outright", () => {
  expect(of({}, { [SESSION_HEADER]: "s1" })).toEqual({ name: "at_1 s1", isContinued: true });
});

test("what holds no user's message is part of none", () => {
  expect(of({ model: "m", input: "text" })).toBeNull();
  expect(conversationOf("at_1", new Headers(), { kind: "none" })).toBeNull();
});

test("each client's own session header names it, ours first, a thread before its session", () => {
  const session = (headers: Record<string, string>) => of({}, headers)?.name;
  expect(session({ "x-claude-code-session-id": "c1" })).toBe("at_1 c1");
  expect(session({ "x-session-affinity": "o1" })).toBe("at_1 o1");
  expect(session({ "session-id": "s1", "thread-id": "t1" })).toBe("at_1 t1");
  expect(session({ session_id: "s1", [SESSION_HEADER]: "ours" })).toBe("at_1 ours");
});

test("a long system prompt does not hide where the conversation begins", () => {
  for (const kilobytes of [15, 20, 63, 64, 65, 200, 900]) {
    const instructions = { role: "system", content: "x".repeat(kilobytes * 1024) };
    const first = of({ model: "m", messages: [instructions, hello] });
    const third = of({ model: "m", messages: [instructions, hello, answer, hello] });
    const other = of({ model: "m", messages: [instructions, { ...hello, content: "Bye" }] });
    expect(first, `${kilobytes} KiB`).toMatchObject({ isContinued: false });
    expect(third, `${kilobytes} KiB`).toEqual({ name: first?.name, isContinued: true });
    expect(other?.name, `${kilobytes} KiB`).not.toBe(first?.name);
  }
});

test("a first message longer than what is compared does not hide the turns behind it", () => {
  const long = { role: "user", content: "y".repeat(40 * 1024) };
  const first = of({ model: "m", messages: [long] });
  expect(first).toMatchObject({ isContinued: false });
  expect(of({ model: "m", messages: [long, answer, hello] })).toEqual({
    name: first?.name,
    isContinued: true,
  });
});

test("a tool call of the Responses API is a further turn", () => {
  const call = { type: "function_call_output", call_id: "c", output: "1" };
  expect(of({ model: "m", input: [hello, call] })).toMatchObject({ isContinued: true });
});

test("a prompt cache key names it, however long the turns before it are", () => {
  for (const kilobytes of [1, 100, 2000]) {
    const input = [{ role: "user", content: "z".repeat(kilobytes * 1024) }];
    const name = of({ model: "m", input, prompt_cache_key: "k-1" })?.name;
    expect(name, `${kilobytes} KiB`).toBe("at_1 cache k-1");
  }
});
