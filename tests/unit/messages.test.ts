import {
  isLiteralElement,
  isPluralElement,
  isPoundElement,
  isSelectElement,
  isTagElement,
  type MessageFormatElement,
  parse,
} from "@formatjs/icu-messageformat-parser";
import { describe, expect, test } from "vitest";
import { messages } from "../../i18n/messages";

/** `shell.theme.dark` → text. */
function flatten(value: unknown, path = ""): Map<string, string> {
  if (typeof value === "string") return new Map([[path, value]]);
  return new Map(
    Object.entries(value as Record<string, unknown>).flatMap(([name, each]) => [
      ...flatten(each, path === "" ? name : `${path}.${name}`),
    ]),
  );
}

/** The names of a message's values and tags, in any branch. @throws {Error} if it is malformed. */
function placeholders(message: string): string[] {
  const names = new Set<string>();
  const collect = (elements: readonly MessageFormatElement[]) => {
    for (const element of elements) {
      if (isLiteralElement(element) || isPoundElement(element)) continue;
      names.add(element.value);
      if (isTagElement(element)) collect(element.children);
      if (isSelectElement(element) || isPluralElement(element)) {
        for (const { value } of Object.values(element.options)) collect(value);
      }
    }
  };
  collect(parse(message));
  return [...names].sort();
}

const en = flatten(messages.en);
const zh = flatten(messages.zh);

test("each language has the same texts", () => {
  expect([...zh.keys()].sort()).toEqual([...en.keys()].sort());
});

describe("each text", () => {
  test("says something", () => {
    const empty = [...en, ...zh].filter(([, text]) => text.trim() === "");
    expect(empty).toEqual([]);
  });

  test("has the same values in each language", () => {
    const wanted = Object.fromEntries([...en].map(([path, text]) => [path, placeholders(text)]));
    const found = Object.fromEntries([...zh].map(([path, text]) => [path, placeholders(text)]));
    expect(found).toEqual(wanted);
  });

  test("has no exclamation mark", () => {
    const loud = [...en, ...zh].filter(([, text]) => /[!！]/.test(text)).map(([path]) => path);
    expect(loud).toEqual([]);
  });

  test("in Chinese is Chinese, save names and units", () => {
    const english = [...zh]
      .filter(([path, text]) => text === en.get(path) && /\b[a-z]{3,} [a-z]{2,}/.test(text))
      .map(([path]) => path);
    expect(english).toEqual([]);
  });
});
