import { expect, test } from "vitest";
import { limitWords } from "./limit-words";

test("rules are worded as providers word them", () => {
  const rules = [
    { model: "gpt-5*", rpm: 10, tpm: 200_000, dailyRequests: null },
    { model: "*", rpm: null, tpm: null, dailyRequests: 50 },
  ];
  expect(limitWords(rules, (value) => value.toLocaleString("en"))).toBe(
    "gpt-5*: 10 RPM, 200,000 TPM · 50 RPD",
  );
  expect(limitWords([], String)).toBe("");
});
