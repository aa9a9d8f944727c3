import { expect, test } from "vitest";
import { boardCharts } from "./board-charts";

const series = (ids: readonly (string | null)[]) => ids.map((id) => ({ id, values: [1] }));

test("a model has one colour in the charts of tokens and cost, and each chart has distinct ones", () => {
  const ids = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const board = {
    buckets: [0],
    openBucketMs: null,
    outcomes: [],
    tokens: series([...ids, null]),
    costs: series(["new", ...ids.slice(1).reverse(), null]),
    durations: [],
    firstTokens: [],
    attemptsPerAnswer: [],
    keyEvents: { cooled: [], blocked: [] },
  };
  const words = {
    outcome: String,
    group: (id: string | null) => id ?? "other",
    cooled: "cooled",
    blocked: "blocked",
    attempts: "attempts",
  };
  const charts = boardCharts(board, "hour", words, (name) => name);
  const colorsOf = (name: string) => {
    const drawn = charts.find((chart) => chart.name === name)?.data.series ?? [];
    return new Map(drawn.map(({ label, color }) => [label, color]));
  };
  const [tokens, costs] = [colorsOf("tokens"), colorsOf("cost")];
  for (const id of ids.slice(1)) expect(costs.get(id)).toBe(tokens.get(id));
  expect(new Set(tokens.values()).size).toBe(9);
  expect(new Set(costs.values()).size).toBe(9);
});
