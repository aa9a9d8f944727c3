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
