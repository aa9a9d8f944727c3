/**
 * Which module imports which, read from the text of the repository's own modules. The formatter writes every import
 * alike, so a pattern is enough; what it misses, the type checker would have to miss too.
 * @module
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../root.ts";

export interface Import {
  /** The imported module, relative to the root. */
  readonly to: string;
  /** Whether it disappears when types are stripped. */
  readonly isTypeOnly: boolean;
}

/** Module (relative to the root) to its imports of other modules of the repository. */
export type ImportGraph = ReadonlyMap<string, readonly Import[]>;

const FOLDERS = ["app", "components", "i18n", "lib"];
const ENTRIES = ["worker.ts", "portal.ts"];
const ENDINGS = ["", ".ts", ".tsx", "/index.ts"];

const STATIC = /^(?:import|export) (type )?(\{[^}]*\}|[^;{"]*?(?:\{[^}]*\})?)\s*from "([^"]+)";$/gm;
const BARE = /^import "([^"]+)";$/gm;
const DYNAMIC = /\bimport\("([^"]+)"\)/g;

/** Of product code, without tests. */
export function readImports(): ImportGraph {
  const modules = [...FOLDERS.flatMap(modulesBelow), ...ENTRIES];
  return new Map(modules.map((module) => [module, importsOf(module)]));
}

function modulesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$|\.d\.ts$/.test(name))
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`);
}

function importsOf(module: string): Import[] {
  const text = readFileSync(join(root, module), "utf8");
  const found = [
    ...[...text.matchAll(STATIC)].map(([, type, clause = "", specifier = ""]) => ({
      specifier,
      isTypeOnly: type !== undefined || holdsTypesOnly(clause),
    })),
    ...[...text.matchAll(BARE), ...text.matchAll(DYNAMIC)].map(([, specifier = ""]) => ({
      specifier,
      isTypeOnly: false,
    })),
  ];
  return found.flatMap(({ specifier, isTypeOnly }) => {
    const to = resolveModule(module, specifier);
    return to === null ? [] : [{ to, isTypeOnly }];
  });
}

/** `{ type A, type B }` */
function holdsTypesOnly(clause: string): boolean {
  const names =
    /^\{([^}]*)\}$/
      .exec(clause)?.[1]
      ?.split(",")
      .map((name) => name.trim()) ?? [];
  const listed = names.filter((name) => name !== "");
  return listed.length > 0 && listed.every((name) => name.startsWith("type "));
}

/** Null for packages, and for anything that isn't a module of these folders. */
function resolveModule(from: string, specifier: string): string | null {
  const isOwn = specifier.startsWith(".") || specifier.startsWith("@/");
  if (!isOwn) return null;
  const path = specifier.startsWith("@/") ? specifier.slice(2) : join(dirname(from), specifier);
  const file = ENDINGS.map((ending) => path.replaceAll("\\", "/") + ending).find(
    (candidate) => existsSync(join(root, candidate)) && statSync(join(root, candidate)).isFile(),
  );
  return file ?? null;
}

/** Groups of modules that import each other in a circle (Tarjan's algorithm). */
export function importCycles(graph: ImportGraph): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const path: string[] = [];
  const cycles: string[][] = [];
  const visit = (module: string) => {
    order.set(module, order.size);
    lowest.set(module, order.size - 1);
    path.push(module);
    for (const { to } of graph.get(module) ?? []) {
      if (!order.has(to)) visit(to);
      if (path.includes(to)) {
        lowest.set(module, Math.min(lowest.get(module) ?? 0, lowest.get(to) ?? 0));
      }
    }
    if (lowest.get(module) !== order.get(module)) return;
    const group = path.splice(path.indexOf(module));
    if (group.length > 1) cycles.push(group.toSorted());
  };
  for (const module of graph.keys()) if (!order.has(module)) visit(module);
  return cycles;
}

/** `lib/pool` for `lib/pool/share/fair-queue.ts`; outside of `lib`, the first folder. */
export function areaOf(module: string): string {
  const [first = "", second = ""] = module.split("/");
  return first === "lib" && !second.endsWith(".ts") ? `lib/${second}` : first;
}
