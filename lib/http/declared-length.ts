import type { HeaderFields } from "./read-headers";

/** The length of a body according to its `content-length`; null if that is missing or invalid. */
export function declaredLength(headers: HeaderFields): number | null {
  const text = headers.get("content-length");
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
