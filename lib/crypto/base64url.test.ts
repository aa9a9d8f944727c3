import { expect, test } from "vitest";
import { fromBase64Url, toBase64Url } from "./base64url";

test("every byte value and every length modulo 3 comes back", () => {
  for (const length of [0, 1, 2, 3, 256]) {
    const bytes = Uint8Array.from({ length }, (_, index) => 255 - index);
    const text = toBase64Url(bytes);
    expect(text).toMatch(/^[\w-]*$/);
    expect(fromBase64Url(text)).toEqual(bytes);
  }
});
