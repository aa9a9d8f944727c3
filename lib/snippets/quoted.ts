/** A string literal with the same meaning in JavaScript, Python and YAML. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** A JSON object as one word of a POSIX shell, one line per field, indented for a curl command. */
export function jsonInShell(fields: object): string {
  const lines = Object.entries(fields).map(
    ([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  return `'{\n${lines.join(",\n")}\n  }'`.replaceAll(/(?!^)'(?!$)/g, `'\\''`);
}
