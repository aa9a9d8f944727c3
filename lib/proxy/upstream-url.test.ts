import { expect, test } from "vitest";
import { queryWith, queryWithout } from "./upstream-url";

test.each([
  ["", ""],
  ["?key=secret", ""],
  ["?a=%20b+c&key=secret&%6bey=secret&alt=sse", "?a=%20b+c&alt=sse"],
  ["?monkey=1&keys=2", "?monkey=1&keys=2"],
  ["?key", ""],
  ["?a&&b=", "?a&b="],
])("of %j, without key, stays %j", (search, expected) => {
  expect(queryWithout(search, ["key"])).toBe(expected);
});

test.each([
  ["?model=voice", "?model=gpt%2Frealtime"],
  ["?a=%20b+c&mod%65l=voice&models=2", "?a=%20b+c&model=gpt%2Frealtime&models=2"],
])("of %j, with another model, becomes %j", (search, expected) => {
  expect(queryWith(search, "model", "gpt/realtime")).toBe(expected);
});
