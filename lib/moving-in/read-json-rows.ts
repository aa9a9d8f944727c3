/**
 * Rows in JSON, as returned by programs' APIs and database tools: a list, or a list within an envelope (`{data: {items:
 * [...]}}`, D1's `[{results: [...]}]`), or one object per line.
 * @module
 */
import { fieldsOf } from "./source-key";

/** Undefined if the text isn't JSON. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return readLines(text);
  }
}

function readLines(text: string): unknown {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  try {
    return lines.length > 1 ? lines.map((line) => JSON.parse(line)) : undefined;
  } catch {
    return undefined;
  }
}

/** Fields that contain the rows of a response. */
const ENVELOPES = ["results", "data", "items", "rows", "channels"];

/** Envelopes in envelopes. */
const MAX_DEPTH = 10;

export function rowsOf(json: unknown, depth = 0): readonly Readonly<Record<string, unknown>>[] {
  if (depth > MAX_DEPTH) return [];
  if (Array.isArray(json)) {
    return json.flatMap((each) => {
      const fields = fieldsOf(each);
      return Array.isArray(fields.results) ? rowsOf(fields.results, depth + 1) : [fields];
    });
  }
  const fields = fieldsOf(json);
  for (const name of ENVELOPES) {
    const value = fields[name];
    if (Array.isArray(value)) return rowsOf(value, depth + 1);
    if (typeof value === "object" && value !== null) return rowsOf(value, depth + 1);
  }
  return Object.keys(fields).length === 0 ? [] : [fields];
}
