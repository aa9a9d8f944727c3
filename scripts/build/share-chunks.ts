/**
 * Next's bundler writes the same modules into a chunk of each route that needs them. Runs after `next build`
 * (`open-next.config.ts`) and keeps one of each, to which the others refer: whole chunks that differ only in their name,
 * and modules that stand in several chunks.
 * @module
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { type Expression, parse, type SpreadElement } from "acorn";

/** Where OpenNext takes them from. */
const FOLDER = ".next/standalone/.next/server/chunks";
const SOURCE_MAP_COMMENT = /\n\/\/# sourceMappingURL=\S*\s*$/;
/** A reference is no longer than this. */
const REFERENCE_CHARS = 200;

await shareChunks(join(import.meta.dirname, "../..", FOLDER));

async function shareChunks(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  const chunks = new Map<string, string>();
  const modules = new Map<string, ModulePlace>();
  for (const name of names.filter((each) => each.endsWith(".js")).toSorted()) {
    const file = join(folder, name);
    // The runtime keeps state: each folder's chunks have their own.
    if (basename(file).startsWith("[turbopack]")) continue;
    const code = (await readFile(file, "utf8")).replace(SOURCE_MAP_COMMENT, "");
    if (code.length <= REFERENCE_CHARS) continue;
    const same = chunks.get(code);
    chunks.set(code, same ?? file);
    const shared =
      same === undefined
        ? shareModules(code, file, modules)
        : `module.exports=require("${pathBetween(file, same)}");\n`;
    if (shared !== code) await writeFile(file, shared);
  }
}

/** Where a module's code stands first. Earlier files are never changed to refer to later ones: there is no circle. */
interface ModulePlace {
  readonly file: string;
  /** In the list that the file exports. */
  readonly index: number;
}

/** The chunk, with references in place of modules that stand in an earlier one. Adds its own to `modules`. */
function shareModules(code: string, file: string, modules: Map<string, ModulePlace>): string {
  let shared = "";
  let end = 0;
  for (const [index, element] of exportedList(code).entries()) {
    if (element === null || element.type === "Literal") continue;
    const text = code.slice(element.start, element.end);
    if (text.length <= REFERENCE_CHARS) continue;
    const first = modules.get(text);
    if (first === undefined) modules.set(text, { file, index });
    if (first === undefined || first.file === file) continue;
    const reference = `require("${pathBetween(file, first.file)}")[${first.index}]`;
    shared += code.slice(end, element.start) + reference;
    end = element.end;
  }
  return shared + code.slice(end);
}

/** The elements of `module.exports=[id, …, module, …]`: ids, each followed by its module; none in another file. */
function exportedList(code: string): readonly (Expression | SpreadElement | null)[] {
  const [statement] = parse(code, { ecmaVersion: "latest", sourceType: "script" }).body;
  if (statement?.type !== "ExpressionStatement") return [];
  const { expression } = statement;
  const isList =
    expression.type === "AssignmentExpression" && expression.right.type === "ArrayExpression";
  return isList && expression.right.type === "ArrayExpression" ? expression.right.elements : [];
}

function pathBetween(file: string, target: string): string {
  const path = relative(dirname(file), target).replaceAll("\\", "/");
  return path.startsWith(".") ? path : `./${path}`;
}
