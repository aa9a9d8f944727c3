import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./root.ts";
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
  const [, script = ""] = toolCommand("wrangler", "win32");
  expect(realpathSync(script)).toBe(realpathSync(join(root, "node_modules/.bin/wrangler")));
});
