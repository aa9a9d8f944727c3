import { mkdir, writeFile } from "node:fs/promises";
import { arch, cpus } from "node:os";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../results/", import.meta.url));

/** Writes `bench/results/{name}.json`, including the machine on which the figures were measured. */
export async function writeResult(
  name: string,
  result: Readonly<Record<string, unknown>>,
): Promise<void> {
  const machine = { cores: cpus().length, arch: arch(), node: process.version };
  const measuredAt = new Date().toISOString();
  await mkdir(folder, { recursive: true });
  await writeFile(
    `${folder}${name}.json`,
    `${JSON.stringify({ measuredAt, machine, ...result }, null, 2)}\n`,
  );
}
