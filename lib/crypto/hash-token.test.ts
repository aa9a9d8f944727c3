import { expect, test } from "vitest";
import { hashToken } from "./hash-token";

test("is SHA-256 in hex (FIPS 180-4's example)", async () => {
  expect(await hashToken("abc")).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});
