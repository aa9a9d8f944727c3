import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AddressSet, parseAddress } from "./ip-address.ts";

describe("parseAddress", () => {
  test.each([
    ["203.0.113.9", "203.0.113.9"],
    ["203.0.113.9:4711", "203.0.113.9"],
    ["2001:DB8:0:0::1", "2001:db8::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["[2001:db8::1]:443", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["::ffff:203.0.113.9", "203.0.113.9"],
    ["::ffff:cb00:7109", "203.0.113.9"],
    ["::1", "::1"],
  ])("%s is %s", (text, expected) => {
    expect(parseAddress(text)).toBe(expected);
  });

  test.each([
    "",
    "unknown",
    "_hidden",
    "1.2.3",
    "1.2.3.256",
    "[203.0.113.9]",
    "a.example",
    "1.2.3.4:x",
    ":",
    "[]",
  ])("%j is none", (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  test("whatever is written: an address of one form, or none", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()), (text) => {
        const address = parseAddress(text);
        if (address !== null) expect(parseAddress(address)).toBe(address);
      }),
      { numRuns: 500 },
    );
  });
});

describe("AddressSet", () => {
  const of = (...entries: readonly string[]) => {
    const set = new AddressSet();
    for (const entry of entries) expect(set.add(entry), entry).toBe(true);
    return set;
  };

  test("has what is in its networks", () => {
    const set = of("10.0.0.7", "192.168.0.0/16", "2001:db8::/32", "::ffff:172.16.0.0/108");
    for (const each of ["10.0.0.7", "192.168.255.1", "2001:db8:9::1", "172.17.0.1"]) {
      expect(set.has(each), each).toBe(true);
    }
    for (const each of ["10.0.0.8", "192.169.0.1", "2001:db9::1", "172.32.0.1", "::1"]) {
      expect(set.has(each), each).toBe(false);
    }
  });

  test.each([
    "",
    "10.0.0.0/",
    "10.0.0.0/33",
    "::/0",
    "0.0.0.0/0",
    "10.0.0/8",
    "localhost",
    "1.2.3.4:80",
  ])("takes no %j", (text) => {
    expect(new AddressSet().add(text)).toBe(false);
  });
});
