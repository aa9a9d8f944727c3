/** Text that comes from outside costs time in proportion to its length, whatever stands in it. */
import { describe, expect, test } from "vitest";
import { redact } from "../../lib/crypto/redact.ts";
import { modelMatches } from "../../lib/pool/model-matches.ts";
import { growth, LINEAR } from "../growth.ts";

const repeated = (part: string) => (size: number) =>
  part.repeat(Math.ceil(size / part.length)).slice(0, size);

/** What readers of credentials, JSON and messages stumble over when it comes by the thousand. */
const PARTS = [
  ..."a a- - = : \" ' \\ { [ , . / * + % < > & ‹ … \n \t key= key token bearer sk- api_key:".split(
    " ",
  ),
  ...[" ", "\r\n", '\\"', '{"a":', '"key": ', "<p>", "data: ", "\u00a0"],
];

describe("redact", () => {
  test.each(PARTS)("%j by the thousand", (part) => {
    expect(growth(repeated(part), (text) => redact(text, ["sk-a-known-key"]), 2000)).toBeLessThan(
      LINEAR,
    );
  });
});

describe("modelMatches", () => {
  test.each(["*a*a*a*a*a*x", "a*a*a*a*a*a*b", "*aa*aa*aa*ab", "****************b"])(
    "%s against a name of one letter",
    (glob) => {
      expect(growth(repeated("a"), (name) => modelMatches([glob], name), 2000)).toBeLessThan(
        LINEAR,
      );
    },
  );
});
