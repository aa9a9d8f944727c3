import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.ts";

/** The packages of tools whose commands have another name. */
const PACKAGES: Readonly<Record<string, string>> = {
  "opennextjs-cloudflare": "@opennextjs/cloudflare",
};

/**
 * How to start a tool of `node_modules/.bin` without a shell: the command itself, found on PATH. On Windows such
 * commands are batch files, which can't be started in this way; there Node runs the tool's script.
 */
export function toolCommand(
  name: string,
  platform: NodeJS.Platform = process.platform,
): readonly [command: string, ...args: string[]] {
  if (platform !== "win32") return [name];
  const folder = join(root, "node_modules", PACKAGES[name] ?? name);
  const { bin }: { bin: string | Record<string, string> } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  const script = typeof bin === "string" ? bin : bin[name];
  if (script === undefined) throw new Error(`${folder} has no command ${name}`);
  return [process.execPath, join(folder, script)];
}
