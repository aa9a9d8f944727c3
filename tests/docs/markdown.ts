/**
 * What tests read in the project's documents: fenced blocks and tables, found by the HTML comment before them.
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/root.ts";

/** All documents, relative to the root. */
export const DOCUMENTS: readonly string[] = [
  "README.md",
  "README.zh-CN.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`)
    .sort(),
];

export function readDocument(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

export interface Snippet {
  /** The comment on the line before; empty if there is none. */
  readonly note: string;
  readonly language: string;
  readonly code: string;
}

/** The fenced blocks of a document, in order. */
export function snippets(markdown: string): Snippet[] {
  const fences = markdown.matchAll(/(?:<!-- (.+?) -->\n)?^```(\w*)\n([\s\S]*?)^```$/gm);
  return [...fences].map(([, note = "", language = "", code = ""]) => ({ note, language, code }));
}

/** The code of the block with this note. */
export function snippet(markdown: string, note: string): string {
  const found = snippets(markdown).find((each) => each.note === note);
  if (found === undefined) throw new Error(`no block is marked ${note}`);
  return found.code;
}

/** The body of the table with this note, cell by cell. */
export function tableRows(markdown: string, note: string): string[][] {
  const table = markdown.split(`<!-- ${note} -->\n`)[1]?.split("\n\n")[0];
  if (table === undefined) throw new Error(`no table is marked ${note}`);
  return table
    .trim()
    .split("\n")
    .slice(2)
    .map((row) =>
      row
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
}

/** The texts in backticks. */
export function codeSpans(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
}
