/**
 * Finds whole JSON values in text: those of a list (Gemini's streams without `alt=sse`), or one after the other.
 * @module
 */

/** The values of text that arrives in pieces. */
export class JsonValues {
  #text = "";
  #at = 0;
  #depth = 0;
  #isInString = false;
  #start = -1;
  /** Whether the values are in a list; null before the first text. */
  #isList: boolean | null = null;

  /** The objects and lists that this piece completes. */
  push(piece: string): readonly string[] {
    this.#text += piece;
    const values: string[] = [];
    const text = this.#text;
    let at = this.#at;
    for (; at < text.length; at += 1) {
      const char = text.charCodeAt(at);
      if (this.#isInString) {
        if (char === BACKSLASH) at += 1;
        else if (char === QUOTE) this.#isInString = false;
      } else if (char === QUOTE) {
        this.#isInString = true;
      } else if (char === OPEN_BRACE || char === OPEN_BRACKET) {
        if (this.#isList === null) {
          this.#isList = char === OPEN_BRACKET;
          if (this.#isList) continue;
        }
        if (this.#depth === 0) this.#start = at;
        this.#depth += 1;
      } else if ((char === CLOSE_BRACE || char === CLOSE_BRACKET) && this.#depth > 0) {
        this.#depth -= 1;
        if (this.#depth === 0) {
          values.push(text.slice(this.#start, at + 1));
          this.#start = -1;
        }
      }
    }
    // An open value stays; after a backslash at the very end, scanning continues within the next piece.
    const keptFrom = this.#start >= 0 ? this.#start : text.length;
    this.#text = text.slice(keptFrom);
    this.#at = at - keptFrom;
    if (this.#start >= 0) this.#start = 0;
    return values;
  }

  /** The beginning of an incomplete value; empty if there is none. */
  get rest(): string {
    return this.#text;
  }
}

/**
 * The last whole objects of a text that ends outside of any, the last one first.
 * @param text May begin anywhere.
 */
export function lastJsonObjects(text: string, most: number): readonly string[] {
  const values: string[] = [];
  let depth = 0;
  let end = 0;
  let isInString = false;
  for (let at = text.length - 1; at >= 0 && values.length < most; at -= 1) {
    const char = text.charCodeAt(at);
    if (char === QUOTE && !isEscaped(text, at)) isInString = !isInString;
    if (isInString) continue;
    if (char === CLOSE_BRACE) {
      if (depth === 0) end = at + 1;
      depth += 1;
    } else if (char === OPEN_BRACE && depth > 0) {
      depth -= 1;
      if (depth === 0) values.push(text.slice(at, end));
    }
  }
  return values;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
