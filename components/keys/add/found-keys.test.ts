import { describe, expect, test } from "vitest";
import type { PreviewedKey, PreviewState } from "@/lib/manage/keys/preview-provider-keys";
import { readPastedKeys } from "@/lib/moving-in/read-pasted-keys";
import { callsOf, judge, toAdd } from "./found-keys";

const preview = (state: PreviewState, provider: string | null = "openai"): PreviewedKey => ({
  state,
  provider,
  masked: "sk…1",
  looksLike: null,
  problem: null,
});

test("callsOf keeps the order, and the bounds of number and length", () => {
  const keys = Array.from({ length: 1_201 }, (_, index) => String(index));
  const calls = [...callsOf(keys, (key) => key)];
  expect(calls.map(({ length }) => length)).toEqual([500, 500, 201]);
  expect(calls.flat()).toEqual(keys);
  const long = "x".repeat(400_000);
  expect([...callsOf([long, long, long], (key) => key)].map(({ length }) => length)).toEqual([
    2, 1,
  ]);
  expect([...callsOf([], String)]).toEqual([]);
});

describe("judge and toAdd", () => {
  const { keys } = readPastedKeys("sk-fake-0001\nsk-fake-0001\nsk-fake-0002\nsk-fake-0003");

  test("a duplicate is reported, and added once", () => {
    const found = judge(keys, [preview("new"), preview("new"), preview("odd"), preview("known")]);
    expect(found.map(({ verdict }) => verdict)).toEqual(["new", "repeated", "odd", "known"]);
    expect([...toAdd(found, false)].map(([slug, { length }]) => [slug, length])).toEqual([
      ["openai", 1],
    ]);
    expect(toAdd(found, true).get("openai")).toHaveLength(2);
  });

  test("the same text for another provider is no repeat", () => {
    const found = judge(keys.slice(0, 2), [preview("new"), preview("new", "groq")]);
    expect(found.map(({ verdict }) => verdict)).toEqual(["new", "new"]);
    expect([...toAdd(found, false).keys()]).toEqual(["openai", "groq"]);
  });
});
