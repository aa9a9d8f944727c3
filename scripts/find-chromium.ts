import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "@playwright/test";
import { ExpectedError } from "./expected-error.ts";
import { runCommand, step } from "./run-command.ts";

/** What a browser needs to run in a container, and to make no requests of its own. */
export const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The headless shell takes two thirds of the others' processor time. */
const NAMES = [
  "chromium-headless-shell",
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
];

/** The path of a Chromium: `CHROME_PATH`, otherwise the system's, otherwise Playwright's own; null if there is none. */
export function findChromium(): string | null {
  const given = process.env.CHROME_PATH;
  if (given) return given;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const candidates = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...candidates, chromium.executablePath()].find((path) => existsSync(path)) ?? null;
}

/**
 * Finds a Chromium, or installs one: Playwright's download, otherwise the system's package.
 * @throws {ExpectedError} if none is available.
 */
export async function ensureChromium(): Promise<string> {
  const found = findChromium();
  if (found !== null) return found;
  const ways: [command: string, ...args: string[]][] = [["playwright", "install", "chromium"]];
  if (process.getuid?.() === 0) {
    // A new machine has no package lists yet.
    ways.push(["apt-get", "update"]);
    ways.push(["apt-get", "install", "-y", "chromium-headless-shell"]);
    ways.push(["apt-get", "install", "-y", "chromium"]);
  }
  for (const [command, ...args] of ways) {
    const hasWorked = await step(`Getting Chromium: ${[command, ...args].join(" ")}`, () =>
      runCommand(command, args).then(
        () => true,
        () => false,
      ),
    );
    const installed = hasWorked ? findChromium() : null;
    if (installed !== null) return installed;
  }
  throw new ExpectedError("no Chromium was found or could be installed; set CHROME_PATH to one");
}
