import { expect, test } from "vitest";
import { fromBase64Url } from "./base64url";
import { newAccessToken } from "./new-access-token";

test("is ob- and 256 bits, never the same twice", () => {
  const tokens = Array.from({ length: 100 }, newAccessToken);
  expect(new Set(tokens).size).toBe(100);
  for (const token of tokens) {
    expect(token).toMatch(/^ob-[\w-]{43}$/);
    expect(fromBase64Url(token.slice(3))).toHaveLength(32);
  }
});
