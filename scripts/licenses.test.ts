import { expect, test } from "vitest";
import { isAllowed, productionLicenses } from "./licenses.ts";

test("what the product ships with may be distributed under MIT", () => {
  const licenses = productionLicenses();
  expect(licenses.size).toBeGreaterThan(100);
  const refused = [...licenses].filter(([, license]) => !isAllowed(license));
  expect(refused).toEqual([]);
});

test("an expression is allowed by all of AND, by any of OR", () => {
  expect(isAllowed("(MIT OR GPL-3.0)")).toBe(true);
  expect(isAllowed("MIT AND GPL-3.0")).toBe(false);
  expect(isAllowed("unknown")).toBe(false);
});
