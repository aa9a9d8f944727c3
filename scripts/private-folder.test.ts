import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepPrivate } from "./private-folder.ts";
import { root } from "./root.ts";

let parent = "";
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "one-balance-private-"));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const modeOf = async (...path: string[]) => (await stat(join(parent, ...path))).mode & 0o777;

test.skipIf(process.platform === "win32")(
  "what builds of before left readable to all is the owner's",
  async () => {
    await mkdir(join(parent, "data/d1/deep"), { recursive: true, mode: 0o755 });
    for (const name of ["db.sqlite", "db.sqlite-wal", "db.sqlite-shm", "deep/other.sqlite"]) {
      await writeFile(join(parent, "data/d1", name), "", { mode: 0o644 });
    }
    await chmod(join(parent, "data"), 0o755);
    await keepPrivate(join(parent, "data"));
    expect([await modeOf("data"), await modeOf("data/d1/deep")]).toEqual([0o700, 0o700]);
    for (const name of ["db.sqlite", "db.sqlite-wal", "db.sqlite-shm", "deep/other.sqlite"]) {
      expect(await modeOf("data/d1", name)).toBe(0o600);
    }
  },
);

test.skipIf(process.platform === "win32")(
  "what a process creates afterwards, and those that it starts, is the owner's",
  async () => {
    const module = pathToFileURL(join(root, "scripts/private-folder.ts")).href;
    const script = `
      const { keepPrivate } = await import(${JSON.stringify(module)});
      const { spawnSync } = await import("node:child_process");
      await keepPrivate("data");
      spawnSync("sh", ["-c", "mkdir data/d1 && echo x > data/d1/db.sqlite"]);`;
    const run = spawnSync(process.execPath, ["--input-type=module", "-e", script], { cwd: parent });
    expect(String(run.stderr)).toBe("");
    expect([await modeOf("data"), await modeOf("data/d1")]).toEqual([0o700, 0o700]);
    expect(await modeOf("data/d1/db.sqlite")).toBe(0o600);
  },
);
