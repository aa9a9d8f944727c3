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
import { REPORT_PAGE, readCostSources, readReport } from "../../bench/lib/report/page.ts";
import { reportCharts, reportPage, withFastSentence } from "../../bench/lib/report/report-page.ts";
import { BARE, OURS } from "../../bench/lib/report/report-result.ts";
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

test("the benchmarks' page, its charts and the README's sentence are those of the last results", async () => {
  const result = await readReport();
  expect(result.contenders.map(({ name }) => name)).toEqual(expect.arrayContaining([BARE, OURS]));
  expect(await read(REPORT_PAGE)).toBe(reportPage(result, await readCostSources()));
  const charts = reportCharts(result);
  expect(charts.length).toBe(3);
  for (const [path, chart] of charts) expect(await read(path)).toBe(chart);
  const readme = await read("README.md");
  expect(readme).toContain("**Is fast.**");
  expect(readme).toBe(withFastSentence(readme, result));
});
