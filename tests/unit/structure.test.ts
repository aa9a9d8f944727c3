/** The areas of the code, and which may import which: the table in CONTRIBUTING.md is the rule. */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/root.ts";
import { importMap } from "../../scripts/structure/import-map.ts";
import { areaOf, importCycles, readImports } from "../../scripts/structure/read-imports.ts";
import { codeSpans, readDocument, tableRows } from "../docs/markdown.ts";

const graph = readImports();
const rows = tableRows(readDocument("CONTRIBUTING.md"), "the rule of imports").map(
  ([folder = "", , imports = ""]) => ({ area: codeSpans(folder)[0] ?? "", imports }),
);

/** What each area may import from the areas of `lib`; for those that may import everything above, all of it. */
const allowed = new Map<string, ReadonlySet<string>>();
for (const [index, { area, imports }] of rows.entries()) {
  const above = rows.slice(0, index).map((row) => row.area);
  const named = imports.split(", ").map((name) => `lib/${name}`);
  allowed.set(area, new Set(imports === "everything above" ? above : named));
}

/** Bindings and class names belong to no area. */
const SHARED = new Set(["lib/env.ts", "lib/utils.ts"]);

test("the table lists every folder of lib", () => {
  const folders = readdirSync(join(root, "lib"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `lib/${name}`);
  expect([...allowed.keys()].filter((area) => area.startsWith("lib/")).toSorted()).toEqual(
    folders.toSorted(),
  );
});

test("the second table lists every subfolder of lib", () => {
  const subfolders = [...new Set([...graph.keys()].map((module) => dirname(module)))].filter(
    (folder) => /^lib\/[^/]+\/./.test(folder),
  );
  const listed = tableRows(readDocument("CONTRIBUTING.md"), "the subfolders of lib").map(
    ([folder = ""]) => codeSpans(folder)[0],
  );
  expect(listed.toSorted()).toEqual(subfolders.toSorted());
});

/** What may contain more than fits on a page. */
const CROWDED: ReadonlyMap<string, string> = new Map([["components/ui", "as shadcn writes them"]]);
const MODULES_MAX = 30;

test("no folder has more modules than one can grasp at a glance", () => {
  const modules = Map.groupBy(graph.keys(), (module) => dirname(module));
  const crowded = [...modules]
    .filter(([folder, { length }]) => length > MODULES_MAX && !CROWDED.has(folder))
    .map(([folder, { length }]) => `${folder}: ${length}`);
  expect(crowded).toEqual([]);
});

test("each folder of lib imports what the table says", () => {
  const wrong = [...graph].flatMap(([from, imports]) =>
    imports
      .filter(
        ({ to }) => areaOf(from).startsWith("lib/") && !SHARED.has(to) && to.startsWith("lib/"),
      )
      .filter(
        ({ to }) => areaOf(to) !== areaOf(from) && !allowed.get(areaOf(from))?.has(areaOf(to)),
      )
      .map(({ to }) => `${from} imports ${to}`),
  );
  expect(wrong).toEqual([]);
});

test("nothing of lib imports pages or components", () => {
  const wrong = [...graph].flatMap(([from, imports]) =>
    imports
      .filter(({ to }) => from.startsWith("lib/") && /^(?:app|components|scripts)\//.test(to))
      .map(({ to }) => `${from} imports ${to}`),
  );
  expect(wrong).toEqual([]);
});

test("no modules import each other in a circle, types included", () => {
  expect(importCycles(graph)).toEqual([]);
});

test("docs/architecture.md has the map as the imports draw it", () => {
  const document = readDocument("docs/architecture.md");
  expect(document, "run `npx node scripts/generate-docs.ts`").toContain(importMap(graph));
});
