/**
 * Writes docs/benchmarks.md, its charts and the README's sentence from `bench/results/*.json`: `npx node
 * bench/lib/report/page.ts`.
 * @module
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root } from "../../../scripts/root.ts";
import type { CostSources } from "./billed-uses.ts";
import { reportCharts, reportPage, withFastSentence } from "./report-page.ts";
import type { ReportResult } from "./report-result.ts";

export const REPORT_PAGE = "docs/benchmarks.md";
export const REPORT_RESULT = "bench/results/report.json";

const read = (path: string) => readFile(join(root, path), "utf8");
const readJson = async (path: string) => JSON.parse(await read(path));

/** Results of the other benchmarks that the costs are computed from. */
export async function readCostSources(): Promise<CostSources> {
  const [metering, freePlan, isolates] = await Promise.all(
    ["metering", "free-plan", "isolates"].map((name) => readJson(`bench/results/${name}.json`)),
  );
  return { metering, freePlan, isolates };
}

export async function readReport(): Promise<ReportResult> {
  return readJson(REPORT_RESULT);
}

export async function writeReportPage(): Promise<void> {
  const result = await readReport();
  const files = new Map([
    [REPORT_PAGE, reportPage(result, await readCostSources())],
    ...reportCharts(result),
    ["README.md", withFastSentence(await read("README.md"), result)],
  ]);
  for (const [path, text] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

if (process.argv[1] === import.meta.filename) await writeReportPage();
