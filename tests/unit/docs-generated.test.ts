/** Generated documents are up to date. */
import { expect, test } from "vitest";
import { generatedDocuments } from "../../scripts/docs/generated-documents.ts";
import { WRITTEN_PARTS } from "../../scripts/docs/written-parts.ts";
import { DOCUMENTS, readDocument } from "../docs/markdown.ts";

const generated = generatedDocuments();

test.each([...generated])("%s is up to date", (path, text) => {
  expect(DOCUMENTS, "run `npx node scripts/generate-docs.ts`").toContain(path);
  expect(readDocument(path), "run `npx node scripts/generate-docs.ts`").toBe(text);
});

test.each([...WRITTEN_PARTS])(
  "the parts of %s that the code makes are up to date",
  (path, withParts) => {
    const text = readDocument(path);
    expect(text, "run `npx node scripts/generate-docs.ts`").toBe(withParts(text));
  },
);

test("no page is left of what is not made any more", () => {
  const marked = DOCUMENTS.filter((path) =>
    readDocument(path).includes("scripts/generate-docs.ts. "),
  );
  expect(marked.toSorted()).toEqual([...generated.keys()].toSorted());
});
