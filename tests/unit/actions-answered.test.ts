/**
 * A server action may never return: in the portal's components each is called through `answered`, which reports that.
 */
import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { expect, test } from "vitest";

/** A component's imports of actions, by the names that it calls. */
const IMPORT = /import\s*\{([^}]*)\}\s*from "@\/app\/[^"]*\/actions"/g;

/** They report it themselves: before anyone is signed in, and in work of many calls that says where it stopped. */
const BY_THEMSELVES = new Set([
  "components/auth/invite-form.tsx",
  "components/auth/login-form.tsx",
  "components/auth/service-buttons.tsx",
  "components/auth/set-up-form.tsx",
  "components/keys/add/add-keys.tsx",
  "components/keys/table/export-secrets-dialog.tsx",
  "components/keys/use-key-checks.ts",
  "components/moving-in/use-import.ts",
  "components/playground/use-playground-token.ts",
]);

/** How far before a call its wrapper may begin. */
const REACH_CHARS = 600;

/** Takes an action, and calls it through `answered`. */
const WRAPPERS = /answered\(\s*(?:action|\(\)\s*=>)|useCarefulSave|run(?:\(|=\{)\s*\(\)\s*=>/;

test("no component calls an action past it", async () => {
  const bare: string[] = [];
  let calling = 0;
  for await (const file of glob("components/**/*.{ts,tsx}")) {
    if (BY_THEMSELVES.has(file)) continue;
    const text = readFileSync(file, "utf8");
    const names = [...text.matchAll(IMPORT)]
      .flatMap(([, list = ""]) => list.split(","))
      .map((name) => name.trim())
      .filter((name) => name !== "" && !name.startsWith("type "));
    if (names.length === 0) continue;
    calling += 1;
    for (const name of names) {
      for (const { index } of text.matchAll(new RegExp(`\\b${name}\\(`, "g"))) {
        // In the function that is passed to a wrapper.
        const before = text.slice(Math.max(0, index - REACH_CHARS), index);
        if (!WRAPPERS.test(before)) bare.push(`${file}: ${name}`);
      }
    }
  }
  expect(bare).toEqual([]);
  expect(calling).toBeGreaterThan(25);
});
