/** What package.json's commands rely on, in every shell with which npm runs them. */
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
  // Everything else has a meaning to cmd.exe, or is quoted differently there.
  for (const command of own) expect(command).toMatch(/^[\w ./-]+$/);
});
