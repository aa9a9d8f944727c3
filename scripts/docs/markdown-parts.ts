/**
 * The building blocks of generated Markdown pages.
 * @module
 */

/**
 * Rows with the columns' names first, padded as the formatter requires. Cells contain no line ends; their pipes are
 * escaped.
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) =>
    Math.max(3, ...lines.map((cells) => widthOf(cells[column] ?? ""))),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => padded(cells[column] ?? "", width)).join(" | ")} |`;
  const [names = [], ...body] = lines;
  return [line(names), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join(
    "\n",
  );
}

/** Chinese characters and punctuation are two columns wide. */
function widthOf(text: string): number {
  return text.length + (text.match(/[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]/g)?.length ?? 0);
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

export function code(text: string): string {
  return `\`${text.replaceAll("`", "'")}\``;
}

/** The address of `npm start`, used in all documents. */
export const ORIGIN = "http://127.0.0.1:8787";

/** At the head of a generated page, for anyone who opens the file. */
export const GENERATED = "<!-- Made by scripts/generate-docs.ts. Change what it is made from. -->";

/** A page of these parts, separated by empty lines. */
export function page(...parts: readonly string[]): string {
  return `${parts.join("\n\n")}\n`;
}
