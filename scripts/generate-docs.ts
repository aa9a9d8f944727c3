/**
 * Writes the pages of `docs/` that are made from the code, the parts of others, and the map in docs/architecture.md:
 * `npx node scripts/generate-docs.ts`.
 * @module
 */
import "./resolve-lib.ts";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root } from "./root.ts";
import { withImportMap } from "./structure/import-map.ts";
import { readImports } from "./structure/read-imports.ts";

// What imports lib/ waits until Node knows how to.
const { generatedDocuments } = await import("./docs/generated-documents.ts");
const { WRITTEN_PARTS } = await import("./docs/written-parts.ts");

// Made before any is deleted: what stops halfway leaves the pages as they were.
const documents = generatedDocuments();
// A provider that is gone leaves no page.
await rm(join(root, "docs/providers"), { recursive: true, force: true });
for (const [path, text] of documents) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

for (const [path, withParts] of WRITTEN_PARTS) {
  const file = join(root, path);
  await writeFile(file, withParts(await readFile(file, "utf8")));
}

const architecture = join(root, "docs/architecture.md");
await writeFile(architecture, withImportMap(await readFile(architecture, "utf8"), readImports()));
