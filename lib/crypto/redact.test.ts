import { describe, expect, test } from "vitest";
import { redact } from "./redact";

describe("redact", () => {
  test("a known secret is replaced by its masked form, wherever and however often it appears", () => {
    const secret = "plain+fake/secret";
    expect(redact(`no access for ${secret}, again ${secret}`, [secret])).toBe(
      "no access for pla…et, again pla…et",
    );
    expect(redact("GET /?q=plain%2Bfake%2Fsecret failed", [secret])).toBe("GET /?q=pla…et failed");
  });

  test("a known key's masked form stays readable", () => {
    const key = "sk-proj-fake0123456789fakefakefake9fQ2";
    expect(redact(`Incorrect API key: ${key}.`, [key])).toBe("Incorrect API key: sk-proj-…9fQ2.");
  });

  test.each([
    "sk-fake0123456789",
    "sk-proj-fake_0123456789",
    "sk-ab12***********wxyz",
    "AIzaFake0123456789",
    "gsk_fake0123456789",
    "xai-fake0123456789",
    "hf_fake0123456789",
    "r8_fake0123456789",
    "csk-fake0123456789",
    "ob-fake0123456789",
    "eyJfake0.eyJfake1.fake2",
  ])("%s is known as a key by its form", (key) => {
    expect(redact(`the key ${key} was refused`, [])).toBe("the key [redacted] was refused");
  });

  test.each([
    ["Authorization: Bearer fake0123456789=", "Authorization: Bearer [redacted]"],
    ["/v1beta/models?key=fake0123456789&alt=sse", "/v1beta/models?key=[redacted]&alt=sse"],
    ['{"api_key": "fake0123456789"}', '{"api_key": "[redacted]"}'],
    ["x-api-key: fake0123456789", "x-api-key: [redacted]"],
    ["client_secret=fake0123456789", "client_secret=[redacted]"],
  ])("%s is known by its place", (text, redacted) => {
    expect(redact(text, [])).toBe(redacted);
  });

  test.each([
    "Rate limit reached for gpt-4o-mini in organization org-fake on requests per min (RPM): Limit 3, Used 3.",
    "Invalid bearer authentication scheme; see https://example.com/docs/api-keys#errors",
    "API key not valid. Please pass a valid API key.",
    "This model's maximum context length is 128000 tokens: max_tokens=4096",
    "invalid token: malformed",
  ])("ordinary words stay: %s", (text) => {
    expect(redact(text, [])).toBe(text);
  });
});
