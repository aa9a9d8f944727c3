/**
 * Runs `scripts/<name>.ts` from a fresh clone: installs what package-lock.json requires and is missing, then hands over
 * to Node 24 from node_modules, which runs TypeScript directly. Plain JavaScript without dependencies, because the
 * machine's own Node (20 or newer) runs it.
 *
 *   node scripts/bootstrap.mjs <name> [arguments…]
 * @module
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const node24 = join(root, "node_modules/node/bin/node");
const [name = "", ...scriptArgs] = process.argv.slice(2);

if (!isInstalled()) {
  const startedAtMs = Date.now();
  // The script's output may be meant for another program.
  console.error("Installing dependencies …");
  const exitCode = await installDependencies();
  if (exitCode !== 0 || !existsSync(node24)) {
    console.error("npm ci failed: the dependencies could not be installed.");
    process.exit(exitCode || 1);
  }
  console.error(`  installed in ${((Date.now() - startedAtMs) / 1000).toFixed(1)} s`);
}

const script = join(root, "scripts", `${name}.ts`);
process.exitCode = await runToEnd(node24, ["--no-warnings", script, ...scriptArgs], {
  stdio: "inherit",
  env: {
    ...process.env,
    PATH: `${join(root, "node_modules/.bin")}${delimiter}${process.env.PATH}`,
    // Compiled modules, wrangler's and ours, are kept: a command with all its children starts faster.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, "node_modules/.cache/node"),
  },
});

/**
 * Whether node_modules contains exactly the locked versions. npm writes its hidden lockfile last, so an interrupted
 * install doesn't pass; one made by hand with `npm ci` does. Optional packages (other platforms' binaries) may be
 * absent.
 */
function isInstalled() {
  const wanted = lockedPackages(join(root, "package-lock.json"));
  const present = lockedPackages(join(root, "node_modules/.package-lock.json"));
  if (wanted === null || present === null || !existsSync(node24)) return false;
  return Object.entries(wanted).every(
    ([path, { version, optional, devOptional }]) =>
      path === "" || optional || devOptional || present[path]?.version === version,
  );
}

/** @param {string} file */
function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return null;
  }
}

/** In its own process group, so that stopping also reaches packages' install scripts. */
function installDependencies() {
  const npm = process.env.npm_execpath;
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const stdio = /** @type {const} */ (["ignore", "ignore", "inherit"]);
  const options = { cwd: root, stdio, detached: true };
  return npm?.endsWith(".js")
    ? runToEnd(process.execPath, [npm, ...args], options)
    : runToEnd("npm", args, options);
}

/**
 * Runs a child, forwarding SIGINT and SIGTERM.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} options
 * @returns {Promise<number>} its exit code, 128 + n where signal n ended it
 */
function runToEnd(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options);
    const forward = (/** @type {NodeJS.Signals} */ signal) => {
      if (options.detached && child.pid !== undefined) process.kill(-child.pid, signal);
      else child.kill(signal);
    };
    process.on("SIGINT", forward);
    process.on("SIGTERM", forward);
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      process.off("SIGINT", forward);
      process.off("SIGTERM", forward);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
