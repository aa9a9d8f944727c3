/**
 * The named strings of a JSON text, in one pass and with their names as often as they stand there: what a
 * parser that takes the first of two equal names reads is among them, and what takes the last as well.
 * @module
 */

/** A string, a sign, or what stands between. Strings first, so that nothing within one is taken for a sign. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^"{}[\],:]+|"/gs;

export interface NamedString {
  /** As it spells, escapes undone. */
  readonly name: string;
  readonly value: string;
}

/**
 * Every string that stands behind a name, at any depth; those of a list have the list's name. Null where the
 * text holds a string that never ends or cannot be read: nobody knows what a lenient parser makes of it.
 */
export function namedStrings(text: string): readonly NamedString[] | null {
  const found: NamedString[] = [];
  /** Of the lists and objects around: the name whose value each is; null within an object. */
  const listNames: (string | null)[] = [];
  let waiting: string | null = null;
  let name: string | null = null;
  const take = (value: string) => {
    const owner = name ?? listNames.at(-1) ?? null;
    if (owner !== null) found.push({ name: owner, value });
    name = null;
  };
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '"') return null;
    if (token.startsWith('"')) {
      if (waiting !== null) take(waiting);
      waiting = unquoted(token);
      if (waiting === null) return null;
    } else if (token === ":") {
      name = waiting;
      waiting = null;
    } else if (token.trim() !== "") {
      if (waiting !== null) take(waiting);
      waiting = null;
      if (token === "[") listNames.push(name ?? listNames.at(-1) ?? null);
      else if (token === "{") listNames.push(null);
      else if (token === "]" || token === "}") listNames.pop();
      name = null;
    }
  }
  if (waiting !== null) take(waiting);
  return found;
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
