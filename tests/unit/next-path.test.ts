import { expect, test } from "vitest";
import { nextPath } from "../../app/next-path.ts";

test.each([
  ["/keys/openai?status=cooling", "/keys/openai?status=cooling"],
  ["/", "/"],
  [undefined, "/"],
  [["/a", "/b"], "/"],
  ["", "/"],
  ["keys", "/"],
  ["//evil.test", "/"],
  ["/\\evil.test", "/"],
  ["/\t/evil.test", "/"],
  ["https://evil.test/", "/"],
  ["javascript:alert(1)", "/"],
  ["/a/../..//evil.test", "/"],
])("%j leads to %s", (value, path) => {
  expect(nextPath(value)).toBe(path);
});
