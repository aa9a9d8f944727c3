import { describe, expect, test } from "vitest";
import { isSameOrigin } from "./same-origin";

const ask = (headers: Record<string, string>) => isSameOrigin(new Headers(headers));

describe("isSameOrigin", () => {
  test.each([
    { host: "a.test", origin: "https://a.test" },
    { host: "127.0.0.1:8787", origin: "http://127.0.0.1:8787", "sec-fetch-site": "same-origin" },
    { host: "inside:80", "x-forwarded-host": "a.test", origin: "https://a.test" },
    { host: "inside", "x-forwarded-host": "a.test, b.test", origin: "https://a.test" },
    { host: "a.test:443", origin: "https://a.test", "x-forwarded-proto": "https" },
    { host: "a.test", origin: "http://a.test:3333", "sec-fetch-site": "same-origin" },
  ])("%j is from here", (headers: Record<string, string>) => {
    expect(ask(headers)).toBe(true);
  });

  test.each([
    {},
    { host: "a.test" },
    { host: "a.test", "sec-fetch-site": "same-origin" },
    { host: "a.test", origin: "null" },
    { host: "a.test", origin: "https://evil.test" },
    { host: "a.test", origin: "https://a.test.evil.test" },
    { host: "a.test", origin: "https://a.test:8443" },
    { host: "a.test:8443", origin: "https://a.test" },
    { host: "inside", "x-forwarded-host": "b.test, a.test", origin: "https://a.test" },
    { host: "a.test", origin: "http://b.test:3333", "sec-fetch-site": "same-origin" },
    { host: "a.test", origin: "https://a.test", "sec-fetch-site": "same-site" },
    { host: "a.test", origin: "https://a.test", "sec-fetch-site": "cross-site" },
    { host: "a.test", origin: "https://a.test", "sec-fetch-site": "none" },
  ])("%j is not", (headers: Record<string, string>) => {
    expect(ask(headers)).toBe(false);
  });
});
