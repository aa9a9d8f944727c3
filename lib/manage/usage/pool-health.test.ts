import { expect, test } from "vitest";
import { comparePools, poolHealth } from "./pool-health";

test.each([
  [{ ready: 3, cooling: 0, blocked: 0 }, "serving"],
  [{ ready: 1, cooling: 9, blocked: 0 }, "serving"],
  [{ ready: 1, cooling: 0, blocked: 1 }, "impaired"],
  [{ ready: 0, cooling: 2, blocked: 5 }, "resting"],
  [{ ready: 0, cooling: 0, blocked: 1 }, "dead"],
  [{ ready: 0, cooling: 0, blocked: 0 }, "off"],
])("%j is %s", (counts, health) => {
  expect(poolHealth(counts)).toBe(health);
});

test("the pool that needs a person most comes first", () => {
  const pools = [
    { health: "serving", label: "Groq" },
    { health: "off", label: "Cohere" },
    { health: "dead", label: "OpenAI" },
    { health: "serving", label: "Anthropic" },
    { health: "resting", label: "Mistral" },
  ] as const;
  expect([...pools].sort(comparePools).map(({ label }) => label)).toEqual([
    "OpenAI",
    "Mistral",
    "Anthropic",
    "Groq",
    "Cohere",
  ]);
});
