/** Names and ids that a service rejects are others there, and the caller's own everywhere else. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ANSWERS } from "../../../tests/answers/answers-in-forms";
import type { ChatAnswer } from "../../../tests/answers/chat-answers";
import { convertedStream, converting } from "../../../tests/answers/conversions";
import { convertWhole } from "../answer-converter";
import { chatDialect } from "../chat-dialect";
import type { ConvertibleForm } from "../conversion";
import { fields, list, text } from "../json";
import { withinLimits } from "./call-limits";

const answerWith = (name: string): ChatAnswer => ({
  reasoning: "",
  text: "",
  calls: [{ id: "call_0", name, input: { input: "*** Begin\n" } }],
  finish: "tool_calls",
  usage: { input: 9, cached: 0, output: 5 },
  cuts: [3],
  isMixed: false,
});

const FORMS: readonly ConvertibleForm[] = ["chat", "messages", "responses", "gemini"];
const OWN_NAME = `mcp__company-wiki__${"search_in_all_of_the_pages_".repeat(3)}`.slice(0, 90);
const TOOLS: Readonly<Record<ConvertibleForm, object>> = {
  chat: { tools: [{ type: "function", function: { name: OWN_NAME } }] },
  messages: { tools: [{ name: OWN_NAME }] },
  responses: { tools: [{ type: "namespace", name: "mcp__company-wiki", tools: [] }] },
  gemini: { tools: [{ functionDeclarations: [{ name: OWN_NAME }] }] },
};

describe("a name of 90 characters", () => {
  test.each(
    FORMS.flatMap((from) =>
      FORMS.filter((to) => from !== to && to !== "messages").map((to) => [from, to] as const),
    ),
  )("of a tool in %s is sent to %s as one of 64, and comes back whole", (from, to) => {
    const inner = { type: "function", name: OWN_NAME.slice("mcp__company-wiki__".length) };
    const placed = { type: "namespace", name: "mcp__company-wiki", tools: [inner] };
    const body = from === "responses" ? { tools: [placed] } : TOOLS[from];
    const { conversion, request } = converting(from, to, body, { model: "gemini-3-pro" });
    const [[sent = "", own] = []] = conversion.facts.renamed;
    expect([own, sent.length]).toEqual([OWN_NAME, 64]);
    expect(JSON.stringify(request.tools)).toContain(`"${sent}"`);
    const answer = answerWith(sent);
    const expected = from === "responses" ? inner.name : OWN_NAME;
    const whole = convertWhole(JSON.stringify(ANSWERS[to].whole(answer)), 200, conversion).body;
    expect(JSON.stringify(whole)).toContain(`"name":"${expected}"`);
    const streamed = convertedStream(ANSWERS[to].stream(answer), conversion);
    expect(streamed).toContain(`"name":"${expected}"`);
    expect(streamed).not.toContain(sent);
  });
});

test("what is accepted is never changed, and what isn't always to the same", () => {
  const { callId: id } = chatDialect("mistral", true);
  const limits = { name: { pattern: /^[\w-]{1,64}$/, maxChars: 64 }, id };
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1, maxLength: 80 }), { minLength: 1 }), (ids) => {
      const messages = ids.flatMap((each) => [
        {
          role: "assistant",
          tool_calls: [{ id: each, type: "function", function: { name: each } }],
        },
        { role: "tool", tool_call_id: each },
      ]);
      const sent = list(withinLimits({ messages }, limits).request.messages).map(fields);
      for (const [at, each] of ids.entries()) {
        const [call, result] = [sent[2 * at], sent[2 * at + 1]];
        const { id, function: called } = fields(list(call?.tool_calls)[0]);
        expect(id).toMatch(/^[a-z\d]{9}$/i);
        expect(result?.tool_call_id).toBe(id);
        expect(text(fields(called).name)).toMatch(limits.name.pattern);
        if (limits.name.pattern.test(each)) expect(fields(called).name).toBe(each);
        if (/^[a-z\d]{9}$/i.test(each)) expect(id).toBe(each);
      }
    }),
    { numRuns: 50 },
  );
});

const CUSTOM = { tools: [{ type: "custom", custom: { name: "patch" } }] };

describe("a chat completion's tool with plain input", () => {
  test.each(["messages", "gemini", "responses"] as const)(
    "is called with plain input, whatever %s has",
    (to) => {
      const { conversion, request } = converting("chat", to, CUSTOM);
      expect(JSON.stringify(request.tools)).toContain("patch");
      const said = to === "responses" ? plainResponse() : ANSWERS[to];
      const call = {
        id: "call_0",
        type: "custom",
        custom: { name: "patch", input: "*** Begin\n" },
      };
      const whole = convertWhole(JSON.stringify(said.whole(answerWith("patch"))), 200, conversion);
      const { message, finish_reason } = fields(list(whole.body.choices)[0]);
      expect(fields(message).tool_calls).toEqual([call]);
      expect(finish_reason).toBe("tool_calls");
      const streamed = convertedStream(said.stream(answerWith("patch")), conversion);
      const pieces = [...streamed.matchAll(/^data: (\{.*)$/gm)].flatMap(([, json = ""]) => {
        const { delta } = fields(list(fields(JSON.parse(json)).choices)[0]);
        return list(fields(delta).tool_calls).map(fields);
      });
      expect(pieces[0]).toMatchObject({ index: 0, id: "call_0", type: "custom" });
      const input = pieces.map(({ custom }) => text(fields(custom).input)).join("");
      expect(input).toBe("*** Begin\n");
    },
  );
});

/** As OpenAI streams such calls. */
function plainResponse() {
  const item = { id: "ctc_1", type: "custom_tool_call", call_id: "call_0", name: "patch" };
  const response = (output: readonly object[]) => ({
    id: "resp_1",
    object: "response",
    status: "completed",
    output,
  });
  const done = { ...item, input: "*** Begin\n" };
  return {
    whole: () => response([done]),
    stream: () =>
      [
        { type: "response.created", response: { ...response([]), status: "in_progress" } },
        { type: "response.output_item.added", output_index: 0, item: { ...item, input: "" } },
        ...["*** ", "Begin\n"].map((delta) => ({
          type: "response.custom_tool_call_input.delta",
          output_index: 0,
          delta,
        })),
        { type: "response.output_item.done", output_index: 0, item: done },
        { type: "response.completed", response: response([done]) },
      ]
        .map((event) => `data: ${JSON.stringify(event)}\n\n`)
        .join(""),
  };
}
