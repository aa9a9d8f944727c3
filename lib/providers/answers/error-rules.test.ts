import { describe, expect, test } from "vitest";
import { ERROR_ANSWERS } from "../../../tests/error-answers/error-answers";
import samples from "../../../tests/fixtures/error-samples.json";
import { providers } from "../registry";
import { commonErrorRules } from "./common-error-rules";
import { gatewayErrorRules, pageRules } from "./edge-error-rules";
import { effectText, inSeconds, judge } from "./judge-for-test";

describe("recorded answers", () => {
  test("are all here, each once", () => {
    expect(new Set(samples.map(({ id }) => id)).size).toBe(samples.length);
    expect(samples.length).toBeGreaterThanOrEqual(123);
  });

  test.each(samples)("$id: $meaning", ({ provider, status, body, headers, ...sample }) => {
    const verdict = judge(provider, status, body, headers as Record<string, string>);
    const { meaning, next } = verdict;
    expect({ meaning, next, effect: effectText(verdict) }).toEqual({
      meaning: sample.meaning,
      next: sample.next,
      effect: inSeconds(sample.effect, meaning),
    });
    expect(verdict.words.length).toBeLessThanOrEqual(300);
  });
});

describe("composed answers", () => {
  test.each(ERROR_ANSWERS)("%s %i %j is %s, %s", (name, status, body, meaning, effect, headers) => {
    const verdict = judge(name, status, body, headers);
    expect(`${verdict.meaning}, ${effectText(verdict)}`, verdict.rule).toBe(
      `${meaning}, ${inSeconds(effect, meaning)}`,
    );
  });
});

describe("each rule decides one of these answers", () => {
  const recorded = samples.map(({ provider, status, body, headers }) =>
    judge(provider, status, body, headers as Record<string, string>),
  );
  const composed = ERROR_ANSWERS.map(([name, status, body, , , headers]) =>
    judge(name, status, body, headers),
  );
  const decided = new Set([...recorded, ...composed].map(({ rule }) => rule));
  const lists = [gatewayErrorRules, pageRules, commonErrorRules];
  const rules = [...lists, ...providers.map(({ errorRules }) => errorRules)].flat();

  test.each([...new Set(rules.map(({ name }) => name))])("%s", (name) => {
    expect(decided, "add an answer to tests/error-answers").toContain(name);
  });
});
