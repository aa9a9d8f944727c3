import { describe, expect, test } from "vitest";
import { isLoopback, localUrl, parseHost, urlsForOthers } from "./listen-address.ts";

describe("parseHost", () => {
  test.each([
    ["127.0.0.1", "127.0.0.1"],
    ["0.0.0.0", "0.0.0.0"],
    ["::", "::"],
    ["[::1]", "::1"],
    ["2001:db8::7", "2001:db8::7"],
    ["localhost", "localhost"],
    ["keys.example.com", "keys.example.com"],
    ["box-7", "box-7"],
  ])("%s", (text, expected) => {
    expect(parseHost(text)).toBe(expected);
  });

  test.each([
    "http://x",
    "127.0.0.1:80",
    "1.2.3",
    "1.2.3.256",
    "[127.0.0.1]",
    "[::1",
    "a b",
    "-a",
    "*",
  ])("%s is none", (text) => {
    expect(parseHost(text)).toBeNull();
  });
});

test("every host has an address that a URL can hold and this machine reaches", () => {
  expect(localUrl("0.0.0.0", 80)).toBe("http://127.0.0.1:80");
  expect(localUrl("::", 80)).toBe("http://[::1]:80");
  for (const host of ["127.0.0.2", "::1", "localhost", "2001:db8::7"]) {
    expect(URL.parse(localUrl(host, 8787))?.port, host).toBe("8787");
  }
});

test("other machines reach what does not listen on loopback", () => {
  for (const address of ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]) {
    expect(isLoopback(address)).toBe(true);
    expect(urlsForOthers(address, 80)).toEqual([]);
  }
  expect(isLoopback("10.0.0.7")).toBe(false);
  expect(urlsForOthers("10.0.0.7", 80)).toEqual(["http://10.0.0.7:80"]);
  for (const url of urlsForOthers("::", 80)) expect(URL.parse(url)).not.toBeNull();
});
