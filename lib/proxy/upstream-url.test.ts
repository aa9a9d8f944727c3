import { expect, test } from "vitest";
import { queryWithout } from "./upstream-url";

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
