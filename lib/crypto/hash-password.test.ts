import { describe, expect, test } from "vitest";
import { hashPassword, needsRehash, verifyPassword } from "./hash-password";

/** Password "correct horse", N=2^10 r=8 p=1: as an older version might have stored it. */
const OLDER =
  "$scrypt$ln=10,r=8,p=1$c2FsdHNhbHRzYWx0c2FsdA$A9lBa6RTbfBovWqamVIqXKovIl4Vk6OZyVojLJmYmSI";

describe("hashPassword", () => {
  test("tells its parameters and never the password; the same password gives another text each time", async () => {
    const [first, second] = await Promise.all([
      hashPassword("a password"),
      hashPassword("a password"),
    ]);
    expect(first).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(first).not.toBe(second);
  });
});

describe("verifyPassword", () => {
  test("knows the password, and no other", async () => {
    const stored = await hashPassword("pässword with ünicode");
    expect(await verifyPassword("pässword with ünicode", stored)).toBe(true);
    expect(await verifyPassword("pässword with ünicode".normalize("NFD"), stored)).toBe(true);
    expect(await verifyPassword("pässword with ünicodE", stored)).toBe(false);
    expect(await verifyPassword("", stored)).toBe(false);
  });

  test("goes by the parameters that stand with the hash", async () => {
    expect(await verifyPassword("correct horse", OLDER)).toBe(true);
    expect(await verifyPassword("wrong horse", OLDER)).toBe(false);
    expect(needsRehash(OLDER)).toBe(true);
    expect(needsRehash(await hashPassword("correct horse"))).toBe(false);
  });

  test("says no where there is no hash, after the same work", async () => {
    const stored = await hashPassword("a password");
    /** In microseconds of all threads: another program on the processor makes no difference. */
    const workOf = async (hash: string | null) => {
      const before = process.cpuUsage();
      expect(await verifyPassword("guess", hash)).toBe(false);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const [known, unknown] = [await workOf(stored), await workOf(null)];
    expect(unknown).toBeGreaterThan(known / 3);
    expect(known).toBeGreaterThan(unknown / 3);
  });

  test.each([
    "",
    "plain",
    "$scrypt$ln=14,r=8$c2FsdA$aGFzaA",
    "$scrypt$ln=30,r=8,p=1$c2FsdA$aGFzaA",
    "$scrypt$ln=17,r=8,p=1$c2FsdA$aGFzaA",
    "$scrypt$ln=14,r=9,p=1$c2FsdA$aGFzaA",
    "$scrypt$ln=14,r=8,p=11$c2FsdA$aGFzaA",
  ])("rejects %j as a hash, without computing it", async (stored) => {
    await expect(verifyPassword("guess", stored)).rejects.toThrow(/password hash/);
  });
});
