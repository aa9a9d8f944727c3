import { describe, expect, test } from "vitest";
import { openSealed, SealError, sealKey } from "./seal";

const KEY = "sk-fake-0123456789";
const PLACE = { id: "pk_1", provider: "openai" };

/** The error with which a promise rejects. */
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

describe("sealKey and openSealed", () => {
  test("a sealed key opens to the same text", async () => {
    for (const text of [KEY, "", "ключ-🔑", "x".repeat(8192)]) {
      const sealed = await sealKey(text, "secret one", PLACE);
      const secrets = { current: "secret one", previous: null };
      expect(await openSealed(sealed, secrets, PLACE)).toBe(text);
    }
  });

  test("the sealed form is versioned and shows nothing of the key", async () => {
    const sealed = await sealKey(KEY, "secret one", PLACE);
    expect(sealed).toMatch(/^v2\.[\w-]{8}\.[\w-]{16}\.[\w-]+$/);
    expect(sealed).not.toContain("fake");
  });

  test("sealing twice gives two texts", async () => {
    const seal = () => sealKey(KEY, "secret one", PLACE);
    expect(await seal()).not.toBe(await seal());
  });

  test("while rotating, what the previous secret sealed still opens", async () => {
    const sealed = await sealKey(KEY, "secret one", PLACE);
    const secrets = { current: "secret two", previous: "secret one" };
    expect(await openSealed(sealed, secrets, PLACE)).toBe(KEY);
  });

  test.each([
    { id: "pk_2", provider: "openai" },
    { id: "pk_1", provider: "evil" },
    { id: 'pk_1","x', provider: "openai" },
    { id: "", provider: 'openai","pk_1' },
  ])("in another row, or at another provider, it does not open: %j", async (other) => {
    const sealed = await sealKey(KEY, "secret one", PLACE);
    const secrets = { current: "secret one", previous: null };
    const asOld = sealed.replace("v2.", "v1.");
    expect(await failure(openSealed(sealed, secrets, other))).toBeInstanceOf(SealError);
    expect(await failure(openSealed(asOld, secrets, other))).toBeInstanceOf(SealError);
  });

  test("a wrong secret is a SealError that names the secret's id, not its text or the key's", async () => {
    const sealed = await sealKey(KEY, "secret one", PLACE);
    const secrets = { current: "secret two", previous: null };
    const error = await failure(openSealed(sealed, secrets, PLACE));
    expect(error).toBeInstanceOf(SealError);
    expect(String(error)).toContain(sealed.split(".")[1]);
    expect(String(error)).not.toMatch(/secret (one|two)|fake/);
  });

  test("a changed ciphertext does not open", async () => {
    const sealed = await sealKey(KEY, "secret one", PLACE);
    const middle = sealed.length - 8;
    const changed = `${sealed.slice(0, middle)}${sealed[middle] === "A" ? "B" : "A"}${sealed.slice(middle + 1)}`;
    const secrets = { current: "secret one", previous: null };
    const error = await failure(openSealed(changed, secrets, PLACE));
    expect(error).toBeInstanceOf(SealError);
    expect(String(error)).toContain("damaged");
  });

  test("a text of another shape is rejected", async () => {
    const secrets = { current: "secret one", previous: null };
    for (const text of ["", "sk-fake", "v3.a.b.c", "v1.a.b", "v2.a.b", "v2.a.b.c.d"]) {
      expect(await failure(openSealed(text, secrets, PLACE))).toBeInstanceOf(SealError);
    }
  });
});
