/**
 * Durations as providers write them: Go's (`7m12s`, `174ms`, `1h2m`), protobuf's (`0.539477544s`) and English (`2
 * seconds`, `1 minute 30 seconds`).
 * @module
 */

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Source of one `number unit` pair; longer unit names come first, so that `ms` isn't read as `m`. */
const PAIR =
  "\\d+(?:\\.\\d+)?\\s*(?:milliseconds?|msecs?|ms|ns|us|µs|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)";

/** Regular-expression source of a whole duration, for use inside larger case-insensitive patterns. */
export const DURATION_SOURCE = `${PAIR}(?:\\s*,?\\s*(?:and\\s+)?${PAIR})*(?![a-z])`;

const WHOLE = new RegExp(`^${DURATION_SOURCE}$`, "i");

/** Milliseconds (fractions kept), or null if the text isn't a duration with units. */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim();
  if (!WHOLE.test(trimmed)) return null;
  let totalMs = 0;
  for (const [, amount = "0", unit = ""] of trimmed.matchAll(/(\d+(?:\.\d+)?)\s*([a-zµ]+)/gi)) {
    totalMs += Number(amount) * (UNIT_MS[shortUnit(unit.toLowerCase())] ?? 0);
  }
  return totalMs;
}

function shortUnit(unit: string): string {
  if (unit in UNIT_MS) return unit;
  if (unit.startsWith("mil") || unit.startsWith("ms")) return "ms";
  return unit.charAt(0);
}
