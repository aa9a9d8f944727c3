/**
 * JSON values in a text: one, several in a row, separated by commas or blanks, one per line or spread over many. Linear
 * in the text, whatever it is.
 * @module
 */

export interface JsonBlock {
  readonly value: unknown;
  /** Index after its last character. */
  readonly end: number;
}

/**
 * The value that begins at an index with `{` or `[`.
 * @returns A number if there is none: how far it was searched, so that no one searches again.
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

/** Hand-written lists may end with a comma. */
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

/** The index after the bracket that closes the one at `start`; null if none does. */
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

/** Calls back for each non-blank character outside of strings, until it returns false. */
function eachSign(text: string, start: number, take: (sign: string, at: number) => boolean): void {
  const token = /"(?:[^"\\]|\\[\s\S])*"?|[^\s"]/g;
  token.lastIndex = start;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    if (!take(found[0].length === 1 ? found[0] : '"', found.index)) return;
  }
}
