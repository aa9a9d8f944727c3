/**
 * The bundler's loader for pages of `docs/`: neither the Worker nor the browser contains a Markdown parser. The bundler
 * takes every page of the folder, also those that the help lacks.
 * @module
 */
import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { HelpIndex } from "../../components/help/help-document.ts";
import { root } from "../root.ts";
import { helpSections } from "./help-sections.ts";
import { parseDocument } from "./parse-document.ts";

interface LoaderContext {
  readonly resourcePath: string;
}

/** Read next to the code, or the list of pages, for which the portal has another. */
export const NOT_IN_PORTAL = ["docs/README.md", "docs/architecture.md"];

export default function helpLoader(this: LoaderContext, markdown: string): string {
  const path = relative(root, this.resourcePath).split(sep).join("/");
  if (path === "docs/README.md") {
    const pages = readdirSync(join(root, "docs"))
      .filter((name) => name.endsWith(".md"))
      .map((name) => name.slice(0, -".md".length));
    return `export default ${JSON.stringify({ sections: helpSections(pages) } satisfies HelpIndex)};`;
  }
  if (NOT_IN_PORTAL.includes(path)) return "export default null;";
  return `export default ${JSON.stringify(parseDocument(markdown, path))};`;
}
