import { expect, test } from "vitest";
import { queryWith } from "./upstream-url";

test.each([
  ["?model=voice", "?model=gpt%2Frealtime"],
  ["?a=%20b+c&mod%65l=voice&models=2", "?a=%20b+c&model=gpt%2Frealtime&models=2"],
])("of %j, with another model, becomes %j", (search, expected) => {
  expect(queryWith(search, "model", "gpt/realtime")).toBe(expected);
});
