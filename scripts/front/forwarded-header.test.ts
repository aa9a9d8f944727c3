import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseForwarded } from "./forwarded-header.ts";

const read = (text: string) => parseForwarded(text).map((element) => Object.fromEntries(element));

describe("parseForwarded", () => {
  // The examples of RFC 7239, section 4, and what proxies write.
  test.each<[text: string, elements: readonly Record<string, string>[]]>([
    ['for="_gazonk"', [{ for: "_gazonk" }]],
    ['For="[2001:db8:cafe::17]:4711"', [{ for: "[2001:db8:cafe::17]:4711" }]],
    [
      "for=192.0.2.60;proto=http;by=203.0.113.43",
      [{ for: "192.0.2.60", proto: "http", by: "203.0.113.43" }],
    ],
    ["for=192.0.2.43, for=198.51.100.17", [{ for: "192.0.2.43" }, { for: "198.51.100.17" }]],
    [
      'for=1.2.3.4;host="a.test:8443" ,\tfor=5.6.7.8 ',
      [{ for: "1.2.3.4", host: "a.test:8443" }, { for: "5.6.7.8" }],
    ],
    ['for="a,b;c=\\"d\\""', [{ for: 'a,b;c="d"' }]],
    ["for=192.0.2.43:47011", [{ for: "192.0.2.43:47011" }]],
    [", ,for=1.2.3.4,", [{ for: "1.2.3.4" }]],
    ["", []],
  ])("%s", (text, elements) => {
    expect(read(text)).toEqual(elements);
  });

  test.each(["for", "for=", "for =1.2.3.4", 'for="1.2.3.4', "for=1.2.3.4 proto=https", "=x", '"'])(
    "%j has no element",
    (text) => {
      expect(read(text)).toEqual([]);
    },
  );

  test("whatever a client writes, what a proxy adds is the last element", () => {
    const clients = fc.string({ unit: fc.constantFrom(...'for=proto;, \t"\\_1.:[]a') });
    const added = fc.record({ for: fc.ipV6(), proto: fc.constantFrom("http", "https") });
    fc.assert(
      fc.property(clients, added, (client, proxy) => {
        const text = `${client}, for="[${proxy.for}]";proto=${proxy.proto}`;
        expect(read(text).at(-1)).toEqual({ for: `[${proxy.for}]`, proto: proxy.proto });
      }),
      { numRuns: 1_000 },
    );
  });

  test("a long one that cannot be read takes no longer than it should", () => {
    const text = `${'",'.repeat(60_000)}for=1.2.3.4`;
    expect(read(text)).toEqual([{ for: "1.2.3.4" }]);
  });
});
