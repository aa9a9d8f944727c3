/** `lib/usage/genai-prices/` matches the package: `node scripts/generate-prices.ts` generates it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makePriceFiles } from "../../scripts/generate-prices.ts";
import { root } from "../../scripts/root.ts";

test("the price data are those of the installed package", async () => {
  const files = await makePriceFiles();
  expect(Object.keys(files)).toHaveLength(3);
  for (const [name, text] of Object.entries(files)) {
    const stored = await readFile(join(root, "lib/usage/genai-prices", name), "utf8");
    expect(stored === text, `${name}: run node scripts/generate-prices.ts`).toBe(true);
  }
});
