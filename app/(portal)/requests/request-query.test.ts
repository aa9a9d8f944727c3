import { expect, test } from "vitest";
import { requestFilterOf } from "./request-query";

test.each([
  [{}, {}],
  [
    { provider: " openai ", model: "gpt-5", retried: "true" },
    { provider: "openai", model: "gpt-5", retried: true },
  ],
  [
    { slow: "2.5", status: "429" },
    { minDurationMs: 2_500, status: 429 },
  ],
  [{ slow: "-1", status: "9000", outcome: "odd", retried: "maybe", provider: " " }, {}],
  [{ token: ["at_1", "at_2"] }, { token: "at_1" }],
  [
    { token: "at_1,at_2", outcome: "!ok", status: "429,odd", provider: "!" },
    {
      status: 429,
      lists: {
        token: { values: ["at_1", "at_2"], isNot: false },
        outcome: { values: ["ok"], isNot: true },
      },
    },
  ],
  [
    { q: " overloaded ", model: "a%2Cb" },
    { q: "overloaded", model: "a,b" },
  ],
  [
    { from: "2026-11-20", to: "2026-11-20" },
    { from: Date.UTC(2026, 10, 19, 16), to: Date.UTC(2026, 10, 20, 16) },
  ],
])("%j narrows to %j", (params, filter) => {
  expect(requestFilterOf(params, "Asia/Shanghai")).toEqual(filter);
});
