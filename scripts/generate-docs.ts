/**
 * Writes the pages of `docs/` that are made from the code: `npx node scripts/generate-docs.ts`.
 * @module
 */
import "./resolve-lib.ts";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root } from "./root.ts";

// What imports lib/ waits until Node knows how to.
const { generatedDocuments } = await import("./docs/generated-documents.ts");

// A provider that is gone leaves no page.
await rm(join(root, "docs/providers"), { recursive: true, force: true });
for (const [path, text] of generatedDocuments()) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}
