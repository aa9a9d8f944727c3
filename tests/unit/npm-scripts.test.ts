/** What package.json's commands rest on, in every shell that npm runs them with. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/root.ts";

const { scripts }: { scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);
const own = Object.values(scripts).filter((command) => command.includes("bootstrap.mjs"));

test("each of our commands takes the shell's place, so that signals reach it, and is there", () => {
  expect(own.length).toBeGreaterThan(8);
  for (const command of own) {
    const [, name] = /^exec node scripts\/bootstrap\.mjs (\w+)/.exec(command) ?? [];
    expect(existsSync(join(root, `scripts/${name}.ts`)), command).toBe(true);
  }
});

test("cmd.exe, which npm asks on Windows and in PowerShell too, finds an exec that runs the rest of its line", () => {
  // npm runs scripts in the package's folder, where cmd.exe looks before PATH.
  const lines = readFileSync(join(root, "exec.cmd"), "utf8").trim().split(/\r?\n/);
  expect(lines.filter((line) => !line.startsWith("@rem "))).toEqual(["@%*"]);
  // What else means something to cmd.exe, or quotes otherwise there.
  for (const command of own) expect(command).toMatch(/^[\w ./-]+$/);
});
