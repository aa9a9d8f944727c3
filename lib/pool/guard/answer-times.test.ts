import { describe, expect, test } from "vitest";
import { AnswerTimes } from "./answer-times";

const NOW = 1_000_000;

/** An attempt about which nothing else is known. */
const LONE = {};

function known(...tookMs: readonly number[]): AnswerTimes {
  const times = new AnswerTimes();
  for (const each of tookMs) times.note("m", false, each);
  return times;
}

describe("the timeout of a silent key", () => {
  test("is three times the usual, and a second at least", () => {
    expect(known(8_000, 7_000, 9_000).timeoutMs("m", false)).toBe(24_000);
    expect(known(20, 30, 50).timeoutMs("m", false)).toBe(1_000);
  });

  test("is 15 s while too little is known, or three times what was seen", () => {
    expect(known().timeoutMs("m", false)).toBe(13_500);
    expect(known(60_000).timeoutMs("m", false)).toBe(180_000);
  });

  test("is kept by model, and for streams and whole answers apart; one that strays says nothing", () => {
    const times = known(100, 100, 100, 100, 90_000);
    expect(times.timeoutMs("m", false)).toBe(1_000);
    expect(times.usualMs("m", true)).toBeNull();
    expect(times.usualMs("other", false)).toBeNull();
  });

  test("forgets what was long ago", () => {
    const times = known(...Array.from({ length: 5 }, () => 60_000));
    for (let answer = 0; answer < 32; answer += 1) times.note("m", false, 100);
    expect(times.timeoutMs("m", false)).toBe(1_000);
  });
});

test("without knowledge one request at a time leaves, with it any", () => {
  const times = known();
  expect(times.mayLeave("m", false, LONE, NOW)).toBe(true);
  expect(times.mayLeave("m", false, LONE, NOW + 1_000)).toBe(false);
  expect(times.mayLeave("m", false, LONE, NOW + 120_000)).toBe(true);
  for (let answer = 0; answer < 3; answer += 1) times.note("m", false, 100);
  expect(times.mayLeave("m", false, LONE, NOW + 120_001)).toBe(true);
  expect(times.mayLeave("m", false, LONE, NOW + 120_002)).toBe(true);
});

describe("while little is known", () => {
  const [first, second] = [{ key: "one" }, { key: "two" }];

  /** Two attempts, the second `laterMs` after the first, with another key or the same one. */
  function underWay(laterMs: number, otherKey = "two"): AnswerTimes {
    const times = new AnswerTimes();
    times.sent("m", false, first, "one", NOW);
    times.sent("m", false, second, otherKey, NOW + laterMs);
    return times;
  }

  test("a key is not left while others are silent as well: it is the model that is slow", () => {
    const times = underWay(1_000);
    expect(times.mayLeave("m", false, first, NOW + 15_000)).toBe(false);
    expect(times.mayLeave("m", false, first, NOW + 89_999)).toBe(false);
    expect(times.mayLeave("m", false, first, NOW + 90_000)).toBe(true);
  });

  test("others that were just called, were answered, or are the same key mean nothing", () => {
    expect(underWay(10_001).mayLeave("m", false, first, NOW + 15_000)).toBe(true);
    expect(underWay(1_000, "one").mayLeave("m", false, first, NOW + 15_000)).toBe(true);
    const answered = underWay(1_000);
    answered.over("m", false, second);
    expect(answered.mayLeave("m", false, first, NOW + 15_000)).toBe(true);
  });
});
