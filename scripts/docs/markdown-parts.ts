/**
 * The Markdown that generated pages are made of.
 * @module
 */

/** Lines with the columns' names first, padded as the formatter wants it. Cells hold no line ends; their pipes are escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) =>
    Math.max(3, ...lines.map((cells) => (cells[column] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  const [names = [], ...body] = lines;
  return [line(names), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join(
    "\n",
  );
}

export function code(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}

/** Where `npm start` serves: the address in all documents. */
export const ORIGIN = "http://127.0.0.1:8787";

/** Stands at the head of a generated page, for those who open the file. */
export const GENERATED = "<!-- Made by scripts/generate-docs.ts. Change what it is made from. -->";

/** A page of these parts, with an empty line between them. */
export function page(...parts: readonly string[]): string {
  return `${parts.join("\n\n")}\n`;
}
