import { describe, expect, test } from "vitest";
import { modelMatches } from "./model-matches";

describe("modelMatches", () => {
  test.each([
    ["gpt-4o", "gpt-4o", true],
    ["gpt-4o", "gpt-4o-mini", false],
    ["gpt-*", "gpt-4o", true],
    ["*", "anything/at all", true],
    ["*", "", true],
    ["*mini", "gpt-4o-mini", true],
    ["*mini", "mini-gpt", false],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["a*b*c", "a-c-b", false],
    ["a*b*c", "a-b-b-c", true],
    ["a**c", "abc", true],
    ["ab*bc", "abc", false],
    ["g.t-*", "gpt-4o", false],
    ["*.5*", "claude-3.5\nsonnet", true],
  ])("%s and %j: %s", (glob, name, expected) => {
    expect(modelMatches([glob], name)).toBe(expected);
  });

  test("a list allows what any of it allows; no list allows everything, and so does no model", () => {
    expect(modelMatches(["x", "gpt-*"], "gpt-5")).toBe(true);
    expect(modelMatches([], "gpt-5")).toBe(false);
    expect(modelMatches(null, "gpt-5")).toBe(true);
    expect(modelMatches([], null)).toBe(true);
  });

  test("agrees with the regular expression that says the same, on random globs and names", () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    console.log(`seed ${seed}`);
    let state = seed;
    const random = (below: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return (state >>> 8) % below;
    };
    const text = (alphabet: string, length: number) =>
      Array.from({ length }, () => alphabet[random(alphabet.length)]).join("");
    for (let round = 0; round < 20_000; round += 1) {
      const glob = text("ab*", random(7));
      const name = text("ab", random(7));
      const expected = new RegExp(`^${glob.replaceAll("*", ".*")}$`).test(name);
      expect([glob, name, modelMatches([glob], name)]).toEqual([glob, name, expected]);
    }
  });
});
