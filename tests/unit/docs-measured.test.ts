/** The measured pages and their charts show the last benchmark results. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  ISOLATES_PAGE,
  ISOLATES_RESULT,
  type IsolatesResult,
  isolatesCharts,
  isolatesTables,
} from "../../bench/lib/isolates/measured-page.ts";
import {
  CHART,
  measuredTables,
  PAGE,
  type QuotaResult,
  RESULT,
  withTables,
} from "../../bench/lib/quota/measured-page.ts";
import { storyChart } from "../../bench/lib/quota/story-chart.ts";
import { root } from "../../scripts/root.ts";

const read = (path: string) => readFile(join(root, path), "utf8");

test("the tables and the chart of the pool are those of the last results", async () => {
  const result: QuotaResult = JSON.parse(await read(RESULT));
  expect(result.rows.length).toBeGreaterThan(60);
  const page = await read(PAGE);
  expect(page).toBe(withTables(page, measuredTables(result)));
  expect(await read(CHART)).toBe(storyChart(result.stories));
});

test("the tables and the charts of isolates are those of the last results", async () => {
  const result: IsolatesResult = JSON.parse(await read(ISOLATES_RESULT));
  expect(result.limits.length).toBe(60);
  const page = await read(ISOLATES_PAGE);
  expect(page).toBe(withTables(page, isolatesTables(result)));
  for (const [path, chart] of Object.entries(isolatesCharts(result))) {
    expect(await read(path)).toBe(chart);
  }
});
