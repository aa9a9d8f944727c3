import { expect, test } from "vitest";
import { isSigned, signText } from "./sign-text";

const SECRET = "a secret for tests";
const signature = await signText("text", SECRET, "one purpose");

test("a signature holds for its text, secret and purpose", async () => {
  expect(await isSigned("text", signature, SECRET, "one purpose")).toBe(true);
});

test.each([
  ["another text", "texts", signature, SECRET, "one purpose"],
  ["another secret", "text", signature, "another secret", "one purpose"],
  ["another purpose", "text", signature, SECRET, "another purpose"],
  ["no signature", "text", "", SECRET, "one purpose"],
  ["more behind it", "text", `${signature}A`, SECRET, "one purpose"],
])("and not for %s", async (_name, text, signed, secret, purpose) => {
  expect(await isSigned(text, signed, secret, purpose)).toBe(false);
});
