/**
 * Lets Node load `lib/` directly: its modules import each other without a file's extension, as bundlers expect. To be
 * imported before anything of `lib/` that imports more.
 * @module
 */
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { root } from "./root.ts";

const LIB_URL = new URL("lib/", pathToFileURL(root)).href;

registerHooks({
  resolve(specifier, context, next) {
    const isOurs = context.parentURL?.startsWith(LIB_URL) && specifier.startsWith(".");
    return next(isOurs && !/\.[jt]s$/.test(specifier) ? `${specifier}.ts` : specifier, context);
  },
});
