/** The faults of `npm run mutants` can still be planted. */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { mutants } from "../mutants/index.ts";

const { pathname } = new URL("../../", import.meta.url);

test.each(mutants)("$name", ({ file, from, to, tests }) => {
  const code = readFileSync(`${pathname}${file}`, "utf8");
  expect(code.split(from).length - 1).toBe(1);
  expect(to).not.toBe(from);
  expect(tests.filter((path) => !existsSync(`${pathname}${path}`))).toEqual([]);
});

test("their names tell them apart", () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
});
