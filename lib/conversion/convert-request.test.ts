/** What holds for a request in any format for a provider of any other. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ANSWERS, OPAQUE } from "../../tests/answers/answers-in-forms";
import { CALLERS, type Exchange } from "../../tests/answers/callers";
import type { ChatAnswer } from "../../tests/answers/chat-answers";
import { convertedStream, converting } from "../../tests/answers/conversions";
import { jsonValue } from "../../tests/fuzz/foreign-text";
import { convertWhole } from "./answer-converter";
import type { ConvertibleForm } from "./conversion";
import { type Fields, fields, list, text } from "./json";
import { ConversionError } from "./losses";

const FORMS: readonly ConvertibleForm[] = ["chat", "messages", "responses", "gemini"];
const PAIRS = FORMS.flatMap((from) =>
  FORMS.filter((to) => to !== from).map((to) => [from, to] as const),
);
const MODELS = {
  chat: "m",
  messages: "claude-opus-4-6",
  responses: "o3-pro",
  gemini: "gemini-3-pro",
};

/** Not blank: Messages rejects such texts, so they are left out. */
const words = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .filter((each) => each.trim() !== "");
const conversations: fc.Arbitrary<readonly Exchange[]> = fc
  .array(
    fc.record({
      asked: words,
      said: words,
      calls: fc.array(
        fc.record({
          name: fc.constantFrom("weather", "time"),
          input: fc.dictionary(fc.constantFrom("a", "b"), words),
          result: words,
        }),
        { maxLength: 3 },
      ),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((exchanges) =>
    exchanges.map(({ calls, ...rest }, turn) => ({
      ...rest,
      calls: calls.map((call, index) => ({
        ...call,
        id: `call_${turn}_${index}`,
        input: { ...call.input },
      })),
    })),
  );

type Item = readonly [kind: string, ...content: readonly unknown[]];

/** What a provider reads from a request, in order. */
const READ: Readonly<Record<ConvertibleForm, (request: Fields) => Item[]>> = {
  chat: ({ messages }) =>
    list(messages)
      .map(fields)
      .flatMap(({ role, content, tool_calls, tool_call_id }): Item[] => {
        if (role === "tool") return [["result", tool_call_id, content]];
        const calls = list(tool_calls).map((each): Item => {
          const { id, function: called } = fields(each);
          const { name, arguments: json } = fields(called);
          return ["call", id, name, JSON.parse(text(json))];
        });
        return [...(content === null ? [] : [[text(role), content] as const]), ...calls];
      }),
  messages: ({ messages }) =>
    list(messages)
      .map(fields)
      .flatMap(({ role, content }) =>
        list(content)
          .map(fields)
          .map((block): Item => {
            if (block.type === "text") return [text(role), block.text];
            if (block.type === "tool_use") return ["call", block.id, block.name, block.input];
            return ["result", block.tool_use_id, block.content];
          }),
      ),
  responses: ({ input }) =>
    list(input)
      .map(fields)
      .map(({ type, role, content, call_id, name, arguments: json, output }): Item => {
        if (type === "function_call") return ["call", call_id, name, JSON.parse(text(json))];
        if (type === "function_call_output") return ["result", call_id, output];
        return [text(role), typeof content === "string" ? content : fields(list(content)[0]).text];
      }),
  gemini: ({ contents }) =>
    list(contents)
      .map(fields)
      .flatMap(({ role, parts }) =>
        list(parts)
          .map(fields)
          .map(({ text: said, functionCall, functionResponse }): Item => {
            const { id, name, args, response } = fields(functionCall ?? functionResponse);
            if (functionCall !== undefined) return ["call", id, name, args];
            if (functionResponse !== undefined) return ["result", id, fields(response).output];
            return [role === "model" ? "assistant" : "user", said];
          }),
      ),
};

const items = (exchanges: readonly Exchange[]): Item[] =>
  exchanges.flatMap(({ asked, said, calls }) => [
    ["user", asked],
    ["assistant", said],
    ...calls.map(({ id, name, input }): Item => ["call", id, name, input]),
    ...calls.map(({ id, result }): Item => ["result", id, result]),
  ]);

describe.each(PAIRS)("%s to %s", (from, to) => {
  const caller = CALLERS[from];
  const convert = (history: readonly object[]) =>
    converting(from, to, caller.body(history), { model: MODELS[to], isStream: false });

  test("no text is lost, and every result has its call", () => {
    fc.assert(
      fc.property(conversations, (exchanges) => {
        const { request, conversion } = convert(exchanges.flatMap(caller.history));
        expect(READ[to](request)).toEqual(items(exchanges));
        expect(conversion.dropped).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test("anything at any place is converted, or rejected with our error", () => {
    fc.assert(
      fc.property(conversations, jsonValue, fc.nat(), (exchanges, foreign, place) => {
        const body = caller.body(exchanges.flatMap(caller.history));
        try {
          JSON.stringify(converting(from, to, replaced(body, foreign, place)).request);
        } catch (error) {
          if (!(error instanceof ConversionError)) throw error;
        }
      }),
      { numRuns: 150 },
    );
  });
});

/** JSON with another value at one place. */
function replaced(body: Fields, foreign: unknown, place: number): unknown {
  const places: { readonly of: Record<string, unknown>; readonly name: string }[] = [];
  const copy: unknown = JSON.parse(
    JSON.stringify(body),
    function (this: Record<string, unknown>, name, value) {
      if (name !== "") places.push({ of: this, name });
      return value;
    },
  );
  const at = places[place % places.length];
  if (at !== undefined) at.of[at.name] = foreign;
  return copy;
}

const ANSWER: ChatAnswer = {
  reasoning: "hm",
  text: "I look",
  calls: [
    { id: "call_a", name: "weather", input: { city: "Bern" } },
    { id: "call_b", name: "weather", input: { city: "Rome" } },
  ],
  finish: "tool_calls",
  usage: { input: 100, cached: 0, output: 5 },
  cuts: [3],
  isMixed: false,
};

describe.each(["gemini", "responses"] as const)("what %s sealed", (upstream) => {
  const seal = OPAQUE[upstream](ANSWER);
  const others = FORMS.filter((form) => form !== upstream);
  const historyOf = (from: ConvertibleForm) => {
    const caller = CALLERS[from];
    const { conversion } = converting(from, upstream, caller.body([]));
    const answer = convertWhole(JSON.stringify(ANSWERS[upstream].whole(ANSWER)), 200, conversion);
    return caller.next(answer.body, "sunny");
  };

  test.each(others)("comes to a client of %s whole and streamed, and goes back", (from) => {
    const caller = CALLERS[from];
    const history = historyOf(from);
    const { request } = converting(from, upstream, caller.body(history), {
      model: MODELS[upstream],
    });
    expect(JSON.stringify(request).split(seal)).toHaveLength(2);
    expect(JSON.stringify(request)).not.toContain("ob1.");
    const { conversion } = converting(from, upstream, caller.body([]));
    const streamed = convertedStream(ANSWERS[upstream].stream(ANSWER), conversion);
    const sealed = /"(?:ob1\.[^"]+)"|c2ln\d|gAAAAhm/.exec(JSON.stringify(history))?.[0];
    expect(streamed).toContain(sealed);
  });

  test.each(others)("goes to no other provider, from a client of %s", (from) => {
    const body = CALLERS[from].body(historyOf(from));
    for (const to of others.filter((form) => form !== from)) {
      const sent = JSON.stringify(converting(from, to, body, { model: MODELS[to] }).request);
      expect(sent).not.toContain(seal);
      expect(sent).not.toContain("ob1.");
      expect(sent).toContain("sunny");
    }
  });
});
