/**
 * The named strings of a JSON text, in one pass, including duplicates: so both the first and the last of two equal
 * names, which different parsers read, are included.
 * @module
 */

export interface NamedString {
  /** With escapes undone. */
  readonly name: string;
  readonly value: string;
}

/**
 * Every string with a name, at any depth; those in a list have the list's name. Null if the text contains a string that
 * never ends or can't be read, because it is unknown how a lenient parser reads it.
 */
export function namedStrings(text: string): readonly NamedString[] | null {
  const found: NamedString[] = [];
  /** For the enclosing lists and objects: the name whose value each is; null within an object. */
  const listNames: (string | null)[] = [];
  let waiting: string | null = null;
  let name: string | null = null;
  const take = (value: string) => {
    const owner = name ?? listNames.at(-1) ?? null;
    if (owner !== null) found.push({ name: owner, value });
    name = null;
  };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charCodeAt(at);
    if (sign <= SPACE) continue;
    if (sign === QUOTE) {
      const end = stringEnd(text, at);
      if (end === -1) return null;
      if (waiting !== null) take(waiting);
      waiting = unquoted(text.slice(at, end));
      if (waiting === null) return null;
      at = end - 1;
    } else if (sign === COLON) {
      name = waiting;
      waiting = null;
    } else {
      if (waiting !== null) take(waiting);
      waiting = null;
      if (sign === OPEN_BRACKET) listNames.push(name ?? listNames.at(-1) ?? null);
      else if (sign === OPEN_BRACE) listNames.push(null);
      else if (sign === CLOSE_BRACKET || sign === CLOSE_BRACE) listNames.pop();
      name = null;
    }
  }
  if (waiting !== null) take(waiting);
  return found;
}

const SPACE = 0x20;
const QUOTE = 0x22;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Index after the closing quote of the string that opens at `open`; -1 if it never closes. */
function stringEnd(text: string, open: number): number {
  let quote = text.indexOf('"', open + 1);
  while (quote !== -1) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    quote = text.indexOf('"', quote + 1);
  }
  return -1;
}

function unquoted(token: string): string | null {
  if (!token.includes("\\")) return token.slice(1, -1);
  try {
    const value: unknown = JSON.parse(token);
    return typeof value === "string" ? value : null;
  } catch {
    return null;
  }
}
