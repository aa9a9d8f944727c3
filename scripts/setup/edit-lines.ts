/**
 * Our own blocks in a text of lines with `#` comments. Contradicting lines are commented out, and everything can be
 * reverted byte for byte.
 * @module
 */

const BEGIN = "# >>> one-balance setup >>>";
/** The text before ended within a line. */
const BEGIN_AFTER_LINE = "# >>> one-balance setup, after an unfinished line >>>";
const END = "# <<< one-balance setup <<<";
const ASIDE = "# put aside by one-balance setup: ";

export interface OwnBlocks {
  /** Before everything else; empty for none. */
  readonly top: string;
  /** After everything else; empty for none. */
  readonly bottom: string;
  /** Indexes of the lines that contradict them. */
  contradicting(lines: readonly string[]): ReadonlySet<number>;
}

/** @param text Without our blocks. */
export function withOwnBlocks(text: string, { top, bottom, contradicting }: OwnBlocks): string {
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  const block = (begin: string, content: string) =>
    [begin, ...content.split("\n"), END].map((line) => line + lineEnd).join("");
  const lines = text.split("\n");
  const aside = contradicting(lines.map((line) => line.replace(/\r$/, "")));
  const kept = lines.map((line, index) => (aside.has(index) ? ASIDE + line : line)).join("\n");
  const isUnfinished = kept !== "" && !kept.endsWith("\n");
  const end = isUnfinished ? lineEnd + block(BEGIN_AFTER_LINE, bottom) : block(BEGIN, bottom);
  return (top === "" ? "" : block(BEGIN, top)) + kept + (bottom === "" ? "" : end);
}

const BLOCK = new RegExp(`^${BEGIN}\\r?\\n(?:(?!${END})[^\\n]*\\n)*${END}(?:\\r?\\n|$)`, "gm");
const BLOCK_AFTER_LINE = new RegExp(
  `\\r?\\n${BEGIN_AFTER_LINE}\\r?\\n(?:(?!${END})[^\\n]*\\n)*${END}(?:\\r?\\n|$)`,
  "g",
);

/** The text without our blocks, whatever was changed in the rest of it. */
export function withoutOwnBlocks(text: string): string {
  return text
    .replaceAll(BLOCK_AFTER_LINE, "")
    .replaceAll(BLOCK, "")
    .replaceAll(new RegExp(`^${ASIDE}`, "gm"), "");
}

export function hasOwnBlocks(text: string): boolean {
  return withoutOwnBlocks(text) !== text;
}
