/** docs/deploy.md agrees with the last free-plan benchmark. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type FreePlanRow, freePlanTable, withTable } from "../../bench/lib/free-plan-table.ts";
import { root } from "../../scripts/root.ts";

test("the table of CPU times is that of the benchmark's last results", async () => {
  const document = await readFile(join(root, "docs/deploy.md"), "utf8");
  const { rows }: { rows: readonly FreePlanRow[] } = JSON.parse(
    await readFile(join(root, "bench/results/free-plan.json"), "utf8"),
  );
  expect(rows.length).toBeGreaterThan(20);
  expect(document).toBe(withTable(document, freePlanTable(rows)));
});
