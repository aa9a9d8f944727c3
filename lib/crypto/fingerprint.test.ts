import { expect, test } from "vitest";
import { fingerprintKey } from "./fingerprint";

test("one key of one provider has one fingerprint, which shows nothing of the key", async () => {
  const fingerprint = await fingerprintKey("openai", "sk-fake-1", "secret");
  expect(fingerprint).toBe(await fingerprintKey("openai", "sk-fake-1", "secret"));
  expect(fingerprint).toMatch(/^[\w-]{43}$/);
});

test("another key, provider or secret gives another fingerprint", async () => {
  const fingerprints = await Promise.all([
    fingerprintKey("openai", "sk-fake-1", "secret"),
    fingerprintKey("openai", "sk-fake-2", "secret"),
    fingerprintKey("groq", "sk-fake-1", "secret"),
    fingerprintKey("openai", "sk-fake-1", "another secret"),
  ]);
  expect(new Set(fingerprints).size).toBe(4);
});
