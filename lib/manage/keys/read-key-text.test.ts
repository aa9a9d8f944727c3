import { describe, expect, test } from "vitest";
import { readKeyText } from "./read-key-text";

describe("readKeyText", () => {
  test.each([
    ["sk-fake-1", "sk-fake-1"],
    ["  sk-fake-1\r\n", "sk-fake-1"],
    ["id:fake+secret/with=signs", "id:fake+secret/with=signs"],
    [
      '{\n  "type": "service_account",\n  "name": "Zoë"\n}',
      '{"type":"service_account","name":"Zo\\u00eb"}',
    ],
  ])("%j is the key %j", (line, text) => {
    expect(readKeyText(line)).toEqual({ text });
  });

  test.each([
    ["", "the key is empty"],
    [" \t\n", "the key is empty"],
    ["sk-fake\n1", "the key has a line break inside"],
    ["sk fake", "the key has whitespace inside"],
    ["sk-fake\u00a01", "the key has whitespace inside"],
    ["sk-fake\u00001", "the key has a character that is not visible ASCII"],
    ["sk-fäke", "the key has a character that is not visible ASCII"],
    ["x".repeat(8_193), "the key is longer than 8192 characters"],
    ["{sk-fake", "the key looks like JSON but is not"],
  ])("%j is none: %s", (line, problem) => {
    expect(readKeyText(line)).toMatchObject({ problem });
  });
});
