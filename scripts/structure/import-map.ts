/**
 * The map of the code in docs/architecture.md: which folder of `lib` imports which, drawn from the imports.
 * @module
 */
import { areaOf, type ImportGraph } from "./read-imports.ts";

const FENCE = "```";
const BLOCK = /```mermaid\nflowchart TD\n[\s\S]*?```/;

/** Mermaid's text, in its fence. An arrow that others imply is left out. */
export function importMap(graph: ImportGraph): string {
  const imports = importsByArea(graph);
  const lines = [...imports].flatMap(([from, areas]) =>
    [...areas]
      .filter((to) => ![...areas].some((other) => other !== to && reaches(imports, other, to)))
      .map((to) => `  ${nodeOf(from)} --> ${nodeOf(to)}`),
  );
  return [`${FENCE}mermaid`, "flowchart TD", ...lines.toSorted(), FENCE].join("\n");
}

/** The document with an updated map. */
export function withImportMap(markdown: string, graph: ImportGraph): string {
  return markdown.replace(BLOCK, () => importMap(graph));
}

/** The imports from `lib` of each area of `lib`, and of the pages and components above them. */
function importsByArea(graph: ImportGraph): ReadonlyMap<string, ReadonlySet<string>> {
  const areas = new Map<string, Set<string>>();
  for (const [module, imports] of graph) {
    const from = areaOf(module);
    // The bindings, which name the objects' classes.
    if (from === "lib") continue;
    for (const { to } of imports) {
      const area = areaOf(to);
      if (area === from || !area.startsWith("lib/")) continue;
      areas.set(from, (areas.get(from) ?? new Set()).add(area));
    }
  }
  return areas;
}

function reaches(
  imports: ReadonlyMap<string, ReadonlySet<string>>,
  from: string,
  to: string,
): boolean {
  const next = imports.get(from) ?? new Set();
  return next.has(to) || [...next].some((area) => reaches(imports, area, to));
}

/** `lib/moving-in` becomes `moving-in`; modules at the root keep their name. */
function nodeOf(area: string): string {
  return area.replace(/^lib\//, "").replace(/\.ts$/, "");
}
