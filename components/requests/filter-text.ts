/**
 * A filter of the log in the URL: `a`, several values as `a,b`, and `!a,b` for all but these. Names that contain one of
 * these characters have it escaped.
 * @module
 */

export interface FilterValues {
  /** At least one. */
  readonly values: readonly string[];
  /** Whether the others are wanted. */
  readonly isNot: boolean;
}

const ESCAPES = { "%": "%25", ",": "%2C", "!": "%21" } as const;
/** More are ignored. */
const MOST_VALUES = 50;

/** One value. */
export function filterText(value: string): string {
  return value.replace(/[%,!]/g, (char) => ESCAPES[char as keyof typeof ESCAPES]);
}

export function writeFilter({ values, isNot }: FilterValues): string {
  return `${isNot ? "!" : ""}${values.map(filterText).join(",")}`;
}

/** Undefined for no value. */
export function readFilter(text: string | undefined): FilterValues | undefined {
  if (text === undefined) return undefined;
  const isNot = text.startsWith("!");
  const values = (isNot ? text.slice(1) : text)
    .split(",")
    .slice(0, MOST_VALUES)
    .map((value) => value.replace(/%(25|2C|21)/gi, (text) => decodeURIComponent(text)))
    .filter((value) => value.trim() !== "");
  return values.length === 0 ? undefined : { values: [...new Set(values)], isNot };
}
