/** bench/pool-measured.md and its chart show what the quota benchmark measured last. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
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

test("the tables and the chart are those of the last results", async () => {
  const result: QuotaResult = JSON.parse(await read(RESULT));
  expect(result.rows.length).toBeGreaterThan(60);
  const page = await read(PAGE);
  expect(page).toBe(withTables(page, measuredTables(result)));
  expect(await read(CHART)).toBe(storyChart(result.stories));
});
