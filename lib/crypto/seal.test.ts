import { describe, expect, test } from "vitest";
import { openSealed, SealError, sealKey } from "./seal";

const KEY = "sk-fake-0123456789";

/** The error a promise rejects with. */
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

describe("sealKey and openSealed", () => {
  test("a sealed key opens to the same text", async () => {
    for (const text of [KEY, "", "ключ-🔑", "x".repeat(8192)]) {
      const sealed = await sealKey(text, "secret one");
      expect(await openSealed(sealed, { current: "secret one", previous: null })).toBe(text);
    }
  });

  test("the sealed form is versioned and shows nothing of the key", async () => {
    const sealed = await sealKey(KEY, "secret one");
    expect(sealed).toMatch(/^v1\.[\w-]{8}\.[\w-]{16}\.[\w-]+$/);
    expect(sealed).not.toContain("fake");
  });

  test("sealing twice gives two texts", async () => {
    expect(await sealKey(KEY, "secret one")).not.toBe(await sealKey(KEY, "secret one"));
  });

  test("while rotating, what the previous secret sealed still opens", async () => {
    const sealed = await sealKey(KEY, "secret one");
    expect(await openSealed(sealed, { current: "secret two", previous: "secret one" })).toBe(KEY);
  });

  test("a wrong secret is a SealError that names the secret's id, not its text or the key's", async () => {
    const sealed = await sealKey(KEY, "secret one");
    const error = await failure(openSealed(sealed, { current: "secret two", previous: null }));
    expect(error).toBeInstanceOf(SealError);
    expect(String(error)).toContain(sealed.split(".")[1]);
    expect(String(error)).not.toMatch(/secret (one|two)|fake/);
  });

  test("a changed ciphertext does not open", async () => {
    const sealed = await sealKey(KEY, "secret one");
    const middle = sealed.length - 8;
    const changed = `${sealed.slice(0, middle)}${sealed[middle] === "A" ? "B" : "A"}${sealed.slice(middle + 1)}`;
    const error = await failure(openSealed(changed, { current: "secret one", previous: null }));
    expect(error).toBeInstanceOf(SealError);
    expect(String(error)).toContain("damaged");
  });

  test("a text of another shape is refused", async () => {
    for (const text of ["", "sk-fake", "v2.a.b.c", "v1.a.b", "v1.a.b.c.d"]) {
      const error = await failure(openSealed(text, { current: "secret one", previous: null }));
      expect(error).toBeInstanceOf(SealError);
    }
  });
});
