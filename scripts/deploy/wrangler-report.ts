import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Wrangler's report of something it did; the fields that are read here. */
export interface WranglerReport {
  readonly type: string;
  /** Of `deploy`: `https://one-balance.ada.workers.dev`, `api.example.com (custom domain)`, routes. */
  readonly targets?: readonly string[];
  /** Of `pages-deploy`: the address of this one deployment. */
  readonly url?: string;
}

/**
 * Runs `use` with the variables that make wrangler write its report for programs: a line of JSON for each thing it did.
 * Empty if it did nothing.
 */
export async function withWranglerReport(
  use: (env: Readonly<Record<string, string>>) => Promise<void>,
): Promise<readonly WranglerReport[]> {
  const folder = await mkdtemp(join(tmpdir(), "one-balance-deploy-"));
  const file = join(folder, "report.ndjson");
  try {
    await use({ WRANGLER_OUTPUT_FILE_PATH: file });
    const text = await readFile(file, "utf8").catch(() => "");
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    return lines.map((line) => JSON.parse(line));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
