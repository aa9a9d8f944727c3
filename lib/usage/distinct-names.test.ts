import { expect, test } from "vitest";
import { distinctNames } from "./distinct-names";

test("names that several share are distinguished by the ids' ends", () => {
  const names = new Map([
    ["at_00001abc", "editor"],
    ["at_00002def", "nightly"],
    ["at_00003xyz", "editor"],
  ]);
  expect([...distinctNames(names)]).toEqual([
    ["at_00001abc", "editor · 1abc"],
    ["at_00002def", "nightly"],
    ["at_00003xyz", "editor · 3xyz"],
  ]);
});
