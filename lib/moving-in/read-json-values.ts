/**
 * Values of JSON in a text: one, several one after the other, with commas or blanks between, each on a line or
 * printed over many. Linear in the text, whatever it is.
 * @module
 */

export interface JsonBlock {
  readonly value: unknown;
  /** Index behind its last character. */
  readonly end: number;
}

/**
 * The value that begins at an index with `{` or `[`.
 * @returns A number where it is none: how far one has looked, and nobody need look again.
 */
export function readJsonBlock(text: string, start: number): JsonBlock | number {
  const end = endOfBlock(text, start);
  if (end === null) return text.length;
  try {
    return { value: JSON.parse(text.slice(start, end)), end };
  } catch {
    return withoutTrailingCommas(text.slice(start, end), end);
  }
}

/** Lists as people type them end with a comma. */
function withoutTrailingCommas(block: string, end: number): JsonBlock | number {
  let clean = "";
  let from = 0;
  let comma = -1;
  eachSign(block, 0, (sign, at) => {
    if (sign === ",") comma = at;
    else if ((sign === "]" || sign === "}") && comma >= from) {
      clean += block.slice(from, comma);
      from = comma + 1;
      comma = -1;
    } else comma = -1;
    return true;
  });
  if (from === 0) return end;
  try {
    return { value: JSON.parse(clean + block.slice(from)), end };
  } catch {
    return end;
  }
}

/** Behind the bracket that closes the one at `start`; null where none does. */
function endOfBlock(text: string, start: number): number | null {
  let depth = 0;
  let end: number | null = null;
  eachSign(text, start, (sign, at) => {
    if (sign === "{" || sign === "[") depth += 1;
    else if (sign === "}" || sign === "]") depth -= 1;
    if (depth > 0) return true;
    end = at + 1;
    return false;
  });
  return end;
}

/** Calls back for each character outside of strings that is no blank, until it answers false. */
function eachSign(text: string, start: number, take: (sign: string, at: number) => boolean): void {
  const token = /"(?:[^"\\]|\\[\s\S])*"?|[^\s"]/g;
  token.lastIndex = start;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    if (!take(found[0].length === 1 ? found[0] : '"', found.index)) return;
  }
}
