/** The portal's help has every page of `docs/`, in the stated languages, and each block says how it is tested. */
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { helpClients, helpFile, helpGroups } from "../../components/help/help-topics.ts";
import { readHelpPage } from "../../components/help/read-help-page.ts";
import { providers } from "../../lib/providers/registry.ts";
import { NOT_IN_PORTAL } from "../../scripts/docs/help-loader.ts";
import { parseDocument } from "../../scripts/docs/parse-document.ts";
import { codeSpans, DOCUMENTS, readDocument, snippets } from "../docs/markdown.ts";

const pages = [
  ...helpGroups.flatMap(({ topics }) => topics.map(({ topic }) => topic)),
  ...helpClients.map(({ slug }) => `clients/${slug}`),
  ...providers.map(({ slug }) => `providers/${slug}`),
];
const documents = DOCUMENTS.filter((path) => path.startsWith("docs/"));

test("every document is a page of the help, and every page has its document", () => {
  const files = pages.flatMap((page) => [helpFile(page, "en"), helpFile(page, "zh")]);
  const expected = [...new Set(files)].map((file) => `docs/${file}.md`);
  expect(documents.filter((path) => !NOT_IN_PORTAL.includes(path)).toSorted()).toEqual(
    expected.toSorted(),
  );
});

test("the list of all documents has each of them", () => {
  const list = readDocument("docs/README.md");
  const shown = documents.filter(
    (path) => !/\/(?:README|(?:clients|providers)\/.*)\.md$/.test(path),
  );
  for (const path of shown) expect(list).toContain(`](${path.replace("docs/", "")})`);
});

describe.each(documents)("%s", (path) => {
  const markdown = readDocument(path);

  test("is Markdown that the portal shows", () => {
    expect(parseDocument(markdown, path).title).not.toBe("");
  });

  test("says of each block how it is tested, or why not", () => {
    const unmarked = snippets(markdown).filter(
      ({ note }) =>
        !/^(?:run|not run|printed by|made from|checked (?:against|by)) ?.*\S/.test(note),
    );
    expect(unmarked).toEqual([]);
  });
});

describe.each(documents.filter((path) => path.startsWith("docs/zh/")))("%s", (path) => {
  const translation = readDocument(path);
  const original = readDocument(path.replace("docs/zh/", "docs/"));

  test("has the blocks, addresses and sections of the page that it translates", () => {
    expect(snippets(translation)).toEqual(snippets(original));
    const addresses = (text: string) =>
      codeSpans(text).filter((span) => span.startsWith("http://127.0.0.1"));
    expect(addresses(translation)).toEqual(addresses(original));
    const levels = (text: string) => text.match(/^#+(?= )/gm);
    expect(levels(translation)).toEqual(levels(original));
  });
});

test("paths that are no page of the help are none", async () => {
  for (const path of [["nothing"], ["clients", "nothing"], ["providers", "x"], ["faq", "x"], []]) {
    expect(await readHelpPage(path, "en")).toBeNull();
  }
});

test("Python snippets are Python", ({ skip }) => {
  if (spawnSync("python3", ["--version"]).status !== 0) skip("no python3 here");
  const code = documents
    .flatMap((path) => snippets(readDocument(path)))
    .filter(({ language }) => language === "python")
    .map((snippet) => snippet.code);
  expect(code.length).toBeGreaterThan(0);
  const parse = "import ast, json, sys; [ast.parse(code) for code in json.load(sys.stdin)]";
  const { stderr, status } = spawnSync("python3", ["-c", parse], { input: JSON.stringify(code) });
  expect(status, String(stderr)).toBe(0);
});
