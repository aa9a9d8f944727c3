/** A string literal that JavaScript, Python and YAML read alike. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** JSON as one word of a POSIX shell. */
export function jsonInShell(value: unknown): string {
  const json = JSON.stringify(value, null, 2).replaceAll("\n", "\n  ");
  return `'${json.replaceAll("'", `'\\''`)}'`;
}
