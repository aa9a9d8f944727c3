/**
 * One word for one thing: CONTRIBUTING.md lists words that we don't use, and no text that people read contains one.
 * Comments may use the terms of the code, so only the other two tables apply to them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/root.ts";
import { codeSpans, DOCUMENTS, readDocument, tableRows } from "../docs/markdown.ts";

const contributing = readDocument("CONTRIBUTING.md");
const wordsOf = (note: string) =>
  tableRows(contributing, note).flatMap((cells) => codeSpans(cells.at(-1) ?? ""));

/** `…` in a word stands for any letters, `N` for a counted noun. */
function pattern(word: string): RegExp {
  const source = word
    .replaceAll("…", "\\w*")
    .replaceAll(/\bN\b/g, "(?:requests?|tokens?|times|calls?|keys?|dollars?|rows?)");
  return new RegExp(`\\b${source}\\b`, "i");
}

const terms = wordsOf("the glossary").map(pattern);
const phrases = wordsOf("turns of phrase").map(pattern);
const commentWords = wordsOf("words of comments").map(pattern);

interface Text {
  readonly where: string;
  readonly text: string;
}

const unwritten = (texts: readonly Text[], forbidden: readonly RegExp[]) =>
  texts.flatMap(({ where, text }) =>
    forbidden.flatMap((word) => {
      const found = word.exec(text)?.[0];
      return found === undefined ? [] : [`${where}: "${found}" in "${text.trim().slice(0, 100)}"`];
    }),
  );

function filesBelow(folder: string, ending: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => `${folder}/${name}`)
    .filter((path) => ending.test(path) && !/\.test\.tsx?$/.test(path));
}

function messages(): Text[] {
  return filesBelow("messages/en", /\.json$/).flatMap((path) => {
    // A name in a `<code>` is an identifier.
    const lines = readFileSync(join(root, path), "utf8").replaceAll(/<code>.*?<\/code>/g, "");
    return [...lines.matchAll(/": "((?:[^"\\]|\\.)*)"/g)].map(([, text = ""]) => ({
      where: path,
      text,
    }));
  });
}

function documents(): Text[] {
  const english = DOCUMENTS.filter(
    (path) => path !== "CONTRIBUTING.md" && !/zh/.test(path) && !/clients\//.test(path),
  );
  return english.flatMap((path) =>
    readDocument(path)
      .replaceAll(
        /```[\s\S]*?```|`[^`\n]*`|\[[\w./-]*\]\([^)]*\)|\]\([^)]*\)|<!--.*?-->/g,
        (skipped) => skipped.replaceAll(/[^\n]/g, ""),
      )
      .split("\n")
      .map((text, index) => ({ where: `${path}:${index + 1}`, text })),
  );
}

/** Strings of more than one word: the command line's output, and One Balance's own errors. */
function strings(): Text[] {
  return ["scripts/cli", "lib/proxy", "lib/manage", "lib/auth"].flatMap((folder) =>
    filesBelow(folder, /\.ts$/).flatMap((path) =>
      [...withoutComments(path).matchAll(/"([^"\n]*)"|`([^`\n]*)`/g)].map(
        ([, plain, template]) => ({
          where: path,
          // Identifiers aren't texts.
          text: (plain ?? template ?? "").replaceAll(/\$\{[^}]*\}|--\w+|^\S*$/g, ""),
        }),
      ),
    ),
  );
}

const COMMENT = /^\s*(?:\/\*\*?|\*|\/\/).*$/gm;

function withoutComments(path: string): string {
  return readFileSync(join(root, path), "utf8").replaceAll(COMMENT, "");
}

function comments(): Text[] {
  return ["lib", "app", "components", "scripts", "bench", "tests"].flatMap((folder) =>
    filesBelow(folder, /\.tsx?$/).flatMap((path) =>
      [...readFileSync(join(root, path), "utf8").matchAll(COMMENT)].map(([text]) => ({
        where: path,
        text,
      })),
    ),
  );
}

test("the portal's texts keep to the glossary", () => {
  const texts = messages();
  expect(texts.length).toBeGreaterThan(1_000);
  expect(unwritten(texts, [...terms, ...phrases])).toEqual([]);
});

test("the documents keep to it", () => {
  expect(unwritten(documents(), [...terms, ...phrases])).toEqual([]);
});

test("the command line and our errors keep to it", () => {
  expect(unwritten(strings(), [...terms, ...phrases])).toEqual([]);
});

test("comments are plain English", () => {
  expect(commentWords.length).toBeGreaterThan(10);
  expect(unwritten(comments(), [...phrases, ...commentWords])).toEqual([]);
});
