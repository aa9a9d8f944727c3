import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { toolCommand } from "./tool-command.ts";

test("where PATH can be relied on, the command is what it is called", () => {
  expect(toolCommand("wrangler", "linux")).toEqual(["wrangler"]);
});

test.each(["wrangler", "opennextjs-cloudflare"])("on Windows %s is a script for Node", (name) => {
  const [node, script = "", ...more] = toolCommand(name, "win32");
  expect(node).toBe(process.execPath);
  expect(existsSync(script)).toBe(true);
  expect(more).toEqual([]);
});

test("the script it names is the tool", () => {
  const [node, ...script] = toolCommand("wrangler", "win32");
  expect(execFileSync(node, [...script, "--version"]).toString()).toMatch(/\d+\.\d+\.\d+/);
});
