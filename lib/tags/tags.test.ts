import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseGatewayMetadata } from "./gateway-metadata";
import { formatTags, parseTagMatches, parseTags } from "./tag-text";
import { isTagName, isTagValue, MAX_TAG_VALUE_CHARS, MAX_TAGS } from "./tags";

const name = fc.stringMatching(/^[A-Za-z0-9][\w.:/-]{0,39}$/);
const value = fc
  .string({ unit: "binary", minLength: 1, maxLength: MAX_TAG_VALUE_CHARS })
  .filter(isTagValue);
const tags = fc.uniqueArray(fc.tuple(name, value), {
  maxLength: MAX_TAGS,
  selector: ([each]) => each,
});

describe("parseTags", () => {
  test.each([
    ["customer=acme,feature=rag", { customer: "acme", feature: "rag" }],
    [" customer = acme , , feature=rag,", { customer: "acme", feature: "rag" }],
    ["", {}],
    ["q=a=b", { q: "a=b" }],
    ["city=%E5%8C%97%E4%BA%AC,name=acme%2C%20inc", { city: "北京", name: "acme, inc" }],
    ["constructor=x", { constructor: "x" }],
  ])("%s", (text, read) => {
    expect(parseTags(text)).toEqual({ tags: read });
  });

  test.each([
    ["customer", "has no value"],
    ["customer=", "must have 1 to 128 characters"],
    ["=acme", "is no name"],
    ["__proto__=x", "is no name"],
    ["two words=x", "is no name"],
    ["a=1,a=2", "twice"],
    ["a=50%", "percent-encoded"],
    ["a=%ff", "percent-encoded"],
    ["a=北京", "percent-encoded"],
    ["a=%0a", "line breaks"],
    [`a=${"x".repeat(129)}`, "must have 1 to 128 characters"],
    [Array.from({ length: 11 }, (_, index) => `t${index}=x`).join(","), "more than 10"],
    [`a=${"x".repeat(5_000)}`, "longer than 4096"],
  ])("%s is no list of tags", (text, problem) => {
    expect(parseTags(text)).toEqual({ problem: expect.stringContaining(problem) });
    expect(parseTags(text)).not.toHaveProperty("tags");
  });

  test("reads what formatTags writes, which is ASCII", () => {
    fc.assert(
      fc.property(tags, (entries) => {
        const written = formatTags(Object.fromEntries(entries));
        if (written.length > 4_096) return;
        expect(written).toMatch(/^[\x20-\x7e]*$/);
        expect(parseTags(written)).toEqual({ tags: Object.fromEntries(entries) });
      }),
      { numRuns: 2_000 },
    );
  });
});

test("matches are tags, or names alone", () => {
  expect(parseTagMatches("customer=acme,feature")).toEqual([
    { name: "customer", value: "acme" },
    { name: "feature", value: null },
  ]);
  expect(parseTagMatches(" ,")).toBeNull();
  expect(parseTagMatches("a b")).toBeNull();
});

describe("parseGatewayMetadata", () => {
  test.each([
    ['{"team":"AI","user":12345,"test":true}', { team: "AI", user: "12345", test: "true" }],
    // What AI Gateway doesn't keep, or a tag can't have, is left out.
    ['{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}', { a: "1", b: "2", c: "3", d: "4", e: "5" }],
    ['{"a":{"b":1},"c":[1],"d":null,"two words":1,"e":""}', {}],
    ['{"a":"\\ud800","b":" acme "}', { b: "acme" }],
    ['{"__proto__":"x","constructor":"y"}', { constructor: "y" }],
    ["[1]", {}],
    ["null", {}],
    ["customer=acme", {}],
  ])("%s", (text, read) => {
    expect(parseGatewayMetadata(text)).toEqual(read);
  });

  test("any JSON becomes at most five valid tags", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.dictionary(name, fc.jsonValue()).map((each) => JSON.stringify(each)),
        ),
        (text) => {
          const entries = Object.entries(parseGatewayMetadata(text));
          expect(entries.length).toBeLessThanOrEqual(5);
          for (const [each, own] of entries) {
            expect([isTagName(each), isTagValue(own)]).toEqual([true, true]);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
