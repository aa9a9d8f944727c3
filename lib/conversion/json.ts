/**
 * Reads JSON that anyone may have written.
 * @module
 */
export type Fields = Readonly<Record<string, unknown>>;

/** An object's fields; none for anything else. */
export function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text; empty for anything else. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A number; 0 for anything else. */
export function count(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** The fields that have a value. */
export function given<Value extends object>(value: Value): Partial<Value> {
  const kept = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(kept) as Partial<Value>;
}

/** Null if it isn't JSON. */
export function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** What a table has under a name that someone else wrote; undefined for `constructor` and its like, too. */
export function named<Value>(
  table: Readonly<Record<string, Value>>,
  name: string,
): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
