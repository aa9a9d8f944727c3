/**
 * Next's bundler writes the same modules into a chunk of each route that needs them: chunks that differ only in their
 * name. Runs after `next build` (`open-next.config.ts`) and leaves one of each, which the others refer to; this saves a
 * seventh of the portal's code.
 * @module
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";

/** Where Next puts them, and where OpenNext takes them from. */
const FOLDERS = [".next/server/chunks", ".next/standalone/.next/server/chunks"];
const SOURCE_MAP_COMMENT = /\n\/\/# sourceMappingURL=\S*\s*$/;
/** A reference to another is no longer than this. */
const NAME_CHARS = 200;

for (const folder of FOLDERS) await shareChunks(join(import.meta.dirname, "../..", folder));

async function shareChunks(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  const first = new Map<string, string>();
  for (const name of names.filter((each) => each.endsWith(".js")).toSorted()) {
    const file = join(folder, name);
    const code = (await readFile(file, "utf8")).replace(SOURCE_MAP_COMMENT, "");
    const same = first.get(code);
    if (code.length <= NAME_CHARS) continue;
    // The runtime itself has state: each folder's chunks have their own.
    if (same === undefined || basename(file).startsWith("[turbopack]")) first.set(code, file);
    else await writeFile(file, `module.exports=require("${pathBetween(file, same)}");\n`);
  }
}

function pathBetween(file: string, target: string): string {
  const path = relative(dirname(file), target).replaceAll("\\", "/");
  return path.startsWith(".") ? path : `./${path}`;
}
