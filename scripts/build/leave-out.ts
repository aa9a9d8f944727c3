/**
 * Next's server contains what serves features that the portal doesn't have. Runs after `next build`
 * (`open-next.config.ts`), and replaces that by modules which say what was left out if they are ever loaded.
 * @module
 */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Where OpenNext takes Next's own modules from. */
const FOLDER = join(import.meta.dirname, "../../.next/standalone/node_modules/next/dist");

/** Modules that Next loads only for what is named after each of them. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  // With it goes React's renderer for it, which is another copy than the app router's.
  "compiled/next-server/pages-turbo.runtime.prod.js": "pages of the pages router",
  "compiled/fast-jwt/index.js": "the cookies of draft mode",
  "compiled/@mswjs/interceptors/ClientRequest/index.js": "Next's test proxy",
};

for (const [module, use] of Object.entries(LEFT_OUT)) {
  const file = join(FOLDER, module);
  // Fails if Next no longer has it: then something else stands in its place.
  await rm(file);
  await writeFile(file, `throw new Error("left out of the build: ${use}");\n`);
}
