import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type HeaderOf, requestOrigin } from "./request-origin.ts";
import { type ForwardedKind, readTrust } from "./trusted-proxies.ts";

const NOTHING = { scheme: null, host: null, port: null };

const from =
  (headers: Readonly<Record<string, string>>): HeaderOf =>
  (name) =>
    headers[name] ?? null;

function ask(
  peer: string,
  headers: Readonly<Record<string, string>>,
  kind: ForwardedKind = "x-forwarded",
) {
  return requestOrigin(peer, from(headers), readTrust("loopback, 10.0.0.0/8", kind));
}

describe("by X-Forwarded-*", () => {
  test("an untrusted peer is the client, whatever it writes", () => {
    const headers = {
      "x-forwarded-for": "1.1.1.1",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "evil.example",
      forwarded: "for=1.1.1.1;proto=https",
    };
    expect(ask("203.0.113.9", headers)).toEqual({ address: "203.0.113.9", ...NOTHING });
  });

  test.each<[what: string, headers: Record<string, string>, address: string | null]>([
    ["one proxy", { "x-forwarded-for": "203.0.113.9" }, "203.0.113.9"],
    ["a forged entry before", { "x-forwarded-for": "1.1.1.1, 203.0.113.9" }, "203.0.113.9"],
    ["two proxies", { "x-forwarded-for": "1.1.1.1, 203.0.113.9, 10.0.0.2" }, "203.0.113.9"],
    [
      "a trusted entry forged before",
      { "x-forwarded-for": "127.0.0.1, 203.0.113.9" },
      "203.0.113.9",
    ],
    ["a client on this machine", { "x-forwarded-for": "127.0.0.1" }, null],
    ["with a port", { "x-forwarded-for": "[2001:db8::7]:4711" }, "2001:db8::7"],
    ["a proxy that hides it", { "x-forwarded-for": "1.1.1.1, unknown, 10.0.0.2" }, null],
    ["empty entries", { "x-forwarded-for": " , 203.0.113.9, " }, "203.0.113.9"],
    ["no entry", {}, null],
    ["the other kind of header", { forwarded: "for=1.1.1.1" }, null],
  ])("%s", (_, headers, address) => {
    expect(ask("127.0.0.1", headers).address).toBe(address);
  });

  test.each<[what: string, headers: Record<string, string>, expected: object]>([
    [
      "one value",
      { "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https" },
      { scheme: "https" },
    ],
    [
      "one value, handed on by a second proxy",
      { "x-forwarded-for": "203.0.113.9, 10.0.0.2", "x-forwarded-proto": "https" },
      { scheme: "https" },
    ],
    [
      "a list, as each proxy appends",
      {
        "x-forwarded-for": "203.0.113.9, 10.0.0.2",
        "x-forwarded-proto": "https, http",
        "x-forwarded-host": "keys.example.com, inner.local",
        "x-forwarded-port": "8443, 80",
      },
      { scheme: "https", host: "keys.example.com", port: "8443" },
    ],
    [
      "a list that the client began",
      {
        "x-forwarded-for": "1.1.1.1, 203.0.113.9",
        "x-forwarded-proto": "https, http",
        "x-forwarded-host": "evil.example, keys.example.com",
      },
      { scheme: "http", host: "keys.example.com" },
    ],
    [
      "lists without addresses: the outermost",
      { "x-forwarded-proto": "https,http", "x-forwarded-host": "keys.example.com, inner.local" },
      { scheme: "https", host: "keys.example.com" },
    ],
    [
      "what is no scheme, host or port",
      {
        "x-forwarded-proto": "gopher",
        "x-forwarded-host": "a b/c?d",
        "x-forwarded-port": "8443x",
      },
      {},
    ],
  ])("%s", (_, headers, expected) => {
    expect(ask("127.0.0.1", headers)).toMatchObject({ ...NOTHING, ...expected });
  });
});

describe("by Forwarded", () => {
  test("the outermost trusted proxy's element, and no other header", () => {
    const headers = {
      forwarded:
        'for=1.1.1.1;host=evil.example, for="[2001:db8::7]:9";proto=https;host=keys.example.com, for=10.0.0.2;proto=http',
      "x-forwarded-for": "1.1.1.1",
      "x-forwarded-host": "evil.example",
    };
    expect(ask("127.0.0.1", headers, "forwarded")).toEqual({
      address: "2001:db8::7",
      scheme: "https",
      host: "keys.example.com",
      port: null,
    });
  });
});

describe("a chain of proxies, whatever the client writes", () => {
  const client = fc.ipV4().filter((address) => !/^(?:127|10)\./.test(address));
  const proxies = fc.array(
    fc
      .integer({ min: 0, max: 2 ** 24 - 1 })
      .map((n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`),
    { minLength: 1, maxLength: 4 },
  );
  const anyList = fc.array(
    fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.string(),
      fc.constantFrom("127.0.0.1", "unknown", "https", "evil.example"),
    ),
    { maxLength: 4 },
  );

  test("each appends: address, scheme and host are those that the outermost saw", () => {
    fc.assert(
      fc.property(client, proxies, anyList, anyList, anyList, (address, chain, ...forged) => {
        const [addresses, schemes, hosts] = forged;
        const inner = chain.slice(0, -1);
        const headers = {
          "x-forwarded-for": [...addresses, address, ...inner].join(", "),
          "x-forwarded-proto": [...schemes, "https", ...inner.map(() => "http")].join(", "),
          "x-forwarded-host": [...hosts, "keys.example.com", ...inner].join(", "),
        };
        expect(ask(chain.at(-1) ?? "", headers)).toMatchObject({
          address,
          scheme: "https",
          host: "keys.example.com",
        });
      }),
      { numRuns: 1_000 },
    );
  });

  test("in Forwarded as well", () => {
    fc.assert(
      fc.property(client, proxies, fc.string(), (address, chain, forged) => {
        const elements = [address, ...chain.slice(0, -1)].map(
          (each, index) =>
            `for=${each};proto=${index === 0 ? "https" : "http"};host=h${index}.example`,
        );
        const headers = { forwarded: [forged, ...elements].join(", ") };
        expect(ask(chain.at(-1) ?? "", headers, "forwarded")).toMatchObject({
          address,
          scheme: "https",
          host: "h0.example",
        });
      }),
      { numRuns: 1_000 },
    );
  });

  test("a direct client is never anyone else", () => {
    const headers = fc.dictionary(
      fc.constantFrom("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded"),
      fc.string(),
    );
    fc.assert(
      fc.property(client, headers, (address, forged) => {
        expect(ask(address, forged)).toEqual({ address, ...NOTHING });
        expect(ask(address, forged, "forwarded")).toEqual({ address, ...NOTHING });
      }),
      { numRuns: 500 },
    );
  });
});
