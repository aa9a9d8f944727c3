/**
 * The bundler's loader for pages of `docs/`: neither the Worker nor the browser contains a Markdown parser.
 * @module
 */
import { relative, sep } from "node:path";
import { root } from "../root.ts";
import { parseDocument } from "./parse-document.ts";

interface LoaderContext {
  readonly resourcePath: string;
}

export default function helpLoader(this: LoaderContext, markdown: string): string {
  const path = relative(root, this.resourcePath).split(sep).join("/");
  return `export default ${JSON.stringify(parseDocument(markdown, path))};`;
}
