import { describe, expect, test } from "vitest";
import { publicOrigin } from "./public-origin";

const seen = (headers: Record<string, string>, url = "http://10.0.0.5:8787/login") => {
  const { scheme, host } = publicOrigin(new Headers(headers), new URL(url));
  return `${scheme}://${host}`;
};

describe("where a browser sees the portal", () => {
  test.each<[expected: string, headers: Record<string, string>]>([
    ["http://127.0.0.1:8787", { host: "127.0.0.1:8787" }],
    ["https://keys.example.com", { host: "keys.example.com", "x-forwarded-proto": "https" }],
    // With several proxies, the first one counts.
    ["https://keys.example.com", { host: "keys.example.com", "x-forwarded-proto": "https,http" }],
    ["http://keys.example.com", { host: "keys.example.com", "x-forwarded-proto": "http, https" }],
    [
      "https://keys.example.com",
      {
        host: "10.0.0.5:8787",
        "x-forwarded-host": "keys.example.com, inner.local:8080",
        "x-forwarded-proto": " HTTPS , http, http",
      },
    ],
    [
      "https://keys.example.com:8443",
      { host: "keys.example.com:8443", "x-forwarded-proto": "https" },
    ],
    ["https://keys.example.com", { host: "keys.example.com:443", "x-forwarded-proto": "https" }],
    ["https://[2001:db8::1]:8443", { host: "[2001:db8::1]:8443", "x-forwarded-proto": "https" }],
    // A name without its port: from the browser's header, or the proxy's.
    [
      "http://localhost:3333",
      { host: "localhost", origin: "http://localhost:3333", "sec-fetch-site": "same-origin" },
    ],
    [
      "https://keys.example.com:8443",
      {
        host: "keys.example.com",
        "x-forwarded-proto": "https",
        "x-forwarded-port": "8443, 8080",
        origin: "https://keys.example.com:8443",
      },
    ],
  ])("%s", (expected, headers) => {
    expect(seen(headers)).toBe(expected);
  });

  test.each<[why: string, headers: Record<string, string>]>([
    ["a page of another port of this host", { origin: "http://keys.example.com:9999" }],
    [
      "the browser says another origin of this site",
      { origin: "http://keys.example.com:9999", "sec-fetch-site": "same-site" },
    ],
    [
      "the proxy names another port",
      { origin: "http://keys.example.com:9999", "x-forwarded-port": "8443" },
    ],
    ["another host", { origin: "http://evil.example:9999", "sec-fetch-site": "same-origin" }],
    [
      "another scheme",
      { origin: "https://keys.example.com:9999", "sec-fetch-site": "same-origin" },
    ],
  ])("the port is not taken from %s", (_, headers) => {
    expect(seen({ host: "keys.example.com", ...headers })).toBe("http://keys.example.com");
  });

  test("a name that is none is left out", () => {
    expect(seen({ "x-forwarded-host": "a b", host: "keys.example.com" })).toBe("http://null");
    expect(seen({})).toBe("http://10.0.0.5:8787");
  });
});
