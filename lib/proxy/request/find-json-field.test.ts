import { describe, expect, test } from "vitest";
import { findJsonField } from "./find-json-field";

const bytes = (text: string) => new TextEncoder().encode(text);
const model = (text: string) => findJsonField(bytes(text), "model")?.value ?? null;

describe("findJsonField", () => {
  test.each([
    ['{"model":"a"}', "a"],
    ['  {\n"x" : 1 , "model"\t:\r\n "a b" }', "a b"],
    ['\ufeff{"model":"a"}', "a"],
    ['{"messages":[{"model":"deep"}],"model":"a"}', "a"],
    ['{"x":{"model":"deep"}}', null],
    ['{"x":"\\"model\\":\\"no\\"","model":"a"}', "a"],
    ['{"x":"ends with a backslash \\\\","model":"a"}', "a"],
    ['{"model":"gemini \\u00e9 \\"q\\""}', 'gemini é "q"'],
    ['{"mod\\u0065l":"a"}', "a"],
    ['{"x":"model","model":"a"}', "a"],
    ['["model","a"]', null],
    ['{"model":null}', null],
    ['{"model":{"model":"deep"}}', null],
    ['{"model":42,"x":"y"}', null],
    ['{"model":"cut', null],
    ["", null],
    ["{", null],
    ["not json", null],
    ['{"model"', null],
  ])("%s", (text, expected) => {
    expect(model(text)).toBe(expected);
  });

  test("nesting is followed for 512 levels, and no field is found where there are more", () => {
    const nested = (levels: number) =>
      `{"model":"a","x":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    expect(model(nested(511))).toBe("a");
    expect(model(nested(512))).toBeNull();
  });

  test("of a field given twice the last counts, as in JSON.parse", () => {
    expect(model('{"model":"allowed","model":"forbidden"}')).toBe("forbidden");
    expect(model('{"model":"allowed","mod\\u0065l":"forbidden"}')).toBe("forbidden");
    expect(model('{"model":"allowed","model":1}')).toBeNull();
  });

  test("tells where the value stands, so that it can be replaced", () => {
    const text = '{"é":"ü","model": "old","n":1}';
    const field = findJsonField(bytes(text), "model");
    const at = bytes(text).slice(field?.start, field?.end);
    expect(new TextDecoder().decode(at)).toBe('"old"');
  });

  test("agrees with JSON.parse on random documents", () => {
    const seed = Math.floor(Math.random() * 1e9) + 1;
    console.info(`seed ${seed}`);
    let state = seed;
    const random = (below: number) => {
      state = (state * 48271) % 2147483647;
      return state % below;
    };
    const texts = ["model", "a", '"', "\\", '\\"', "}{", "é\u0000", ":,", "", "[model]"];
    const value = (depth: number): unknown => {
      const kind = random(depth > 3 ? 4 : 7);
      if (kind === 0) return random(1000) / 7;
      if (kind === 1) return random(2) === 0 ? null : true;
      if (kind <= 3) return texts[random(texts.length)];
      if (kind === 4) return Array.from({ length: random(4) }, () => value(depth + 1));
      return Object.fromEntries(
        Array.from({ length: random(5) }, () => [texts[random(texts.length)], value(depth + 1)]),
      );
    };
    for (let round = 0; round < 2000; round += 1) {
      const document = value(0);
      const text = JSON.stringify(document, null, random(3));
      const isObject =
        typeof document === "object" && document !== null && !Array.isArray(document);
      const expected = isObject ? (document as Record<string, unknown>).model : undefined;
      expect(model(text)).toBe(typeof expected === "string" ? expected : null);
    }
  });
});
