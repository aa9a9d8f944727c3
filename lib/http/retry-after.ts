/**
 * The wait that a response's retry headers ask for. RFC 9110 section 10.2.3 for `retry-after`; `retry-after-ms` is
 * OpenAI's and Azure's more precise variant.
 * @module
 */
import type { HeaderFields } from "./read-headers";

/** Milliseconds to wait from `nowMs` (never negative), or null if neither header has a usable value. */
export function readRetryAfter(headers: HeaderFields, nowMs: number): number | null {
  const milliseconds = parseNumber(headers.get("retry-after-ms"));
  if (milliseconds !== null) return milliseconds;
  const value = headers.get("retry-after");
  const seconds = parseNumber(value);
  if (seconds !== null) return seconds * 1000;
  return value === null ? null : untilDate(value, nowMs);
}

/** The RFC allows whole seconds only, but fractions are sent too. Negative values are ignored. */
function parseNumber(value: string | null): number | null {
  return value !== null && /^\s*\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : null;
}

function untilDate(value: string, nowMs: number): number | null {
  // `Date.parse` accepts nearly anything ("1 banana" is a year): require a month's name or an ISO date.
  if (!/^[a-z]{3,9},? .*\d{4}|^\d{4}-\d\d-\d\d/i.test(value.trim())) return null;
  const dateMs = Date.parse(value);
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - nowMs);
}
