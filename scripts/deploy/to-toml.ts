/** A value as TOML's `key = value` lines: tables and lists inside are written inline (TOML 1.0, "Inline Table"). */
export function toToml(table: Readonly<Record<string, unknown>>): string {
  return entriesOf(table)
    .map(([key, value]) => `${keyText(key)} = ${valueText(value)}\n`)
    .join("");
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = entriesOf(value).map(([key, each]) => `${keyText(key)} = ${valueText(each)}`);
    return `{ ${entries.join(", ")} }`;
  }
  // Strings, numbers and booleans are written as in JSON; DEL is the one character that TOML escapes besides.
  return JSON.stringify(value).replaceAll("\u007f", "\\u007f");
}

function keyText(key: string): string {
  return /^[\w-]+$/.test(key) ? key : JSON.stringify(key);
}

function entriesOf(table: object): [string, unknown][] {
  return Object.entries(table).filter(([, value]) => value !== undefined);
}
