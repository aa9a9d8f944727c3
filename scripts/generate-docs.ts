/**
 * Writes the generated pages of `docs/`, the generated parts of others, and the map in docs/architecture.md: `npx node
 * scripts/generate-docs.ts`.
 * @module
 */
import "./resolve-lib.ts";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root } from "./root.ts";
import { withImportMap } from "./structure/import-map.ts";
import { readImports } from "./structure/read-imports.ts";

// Imports of lib/ wait until Node can resolve them.
const { generatedDocuments } = await import("./docs/generated-documents.ts");
const { WRITTEN_PARTS } = await import("./docs/written-parts.ts");

// Generated before any is deleted, so that an error leaves the pages unchanged.
const documents = generatedDocuments();
// Pages of removed providers are deleted.
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
