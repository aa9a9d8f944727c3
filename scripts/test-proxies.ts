/**
 * `npm run test:proxies`: the files of `contrib/` with the real nginx and Caddy in front of the real server. Installs
 * them from Debian's packages if possible.
 * @module
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ExpectedError } from "./expected-error.ts";
import { reportAndExit } from "./report-and-exit.ts";
import { root } from "./root.ts";

/** Each is a Debian package and its program. */
const PROGRAMS = ["nginx", "caddy", "openssl"] as const;

try {
  // Where Debian keeps system programs, which aren't on users' path.
  process.env.PATH = [process.env.PATH, "/usr/sbin", "/sbin"].join(delimiter);
  install(PROGRAMS.filter((program) => !isThere(program)));
  const args = ["run", "--config", "vitest.proxies.config.ts", ...process.argv.slice(2)];
  const { status } = spawnSync("vitest", args, { cwd: root, stdio: "inherit" });
  process.exit(status ?? 1);
} catch (error) {
  reportAndExit(error);
}

function isThere(program: string): boolean {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.some((folder) => existsSync(join(folder, program)));
}

function install(missing: readonly string[]): void {
  if (missing.length === 0) return;
  if (process.getuid?.() === 0 && isThere("apt-get")) {
    console.log(`Installing ${missing.join(", ")} …`);
    // Installed, but not started as services.
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
    for (const args of [["update"], ["install", "--yes", "--no-install-recommends", ...missing]]) {
      spawnSync("apt-get", ["--quiet", ...args], { stdio: "ignore", env });
    }
  }
  const stillMissing = missing.filter((program) => !isThere(program));
  if (stillMissing.length > 0) {
    throw new ExpectedError(`install these packages first: ${stillMissing.join(", ")}`);
  }
}
