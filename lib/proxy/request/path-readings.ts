/**
 * Paths as different servers read them.
 * @module
 */

/** Letters, digits and `-._~`: equivalent with or without an escape (RFC 3986 section 6.2.2.2). */
const UNRESERVED = /%(?:2[de]|3\d|4[1-9a-f]|5[\daf]|6[1-9a-f]|7[\dae])/gi;

/** The path without needless escapes: what is matched is what is sent. */
export function withoutNeedlessEscapes(path: string): string {
  if (!path.includes("%")) return path;
  return path.replace(UNRESERVED, (code) =>
    String.fromCharCode(Number.parseInt(code.slice(1), 16)),
  );
}

/** Each server on the way may undo one. */
const MAX_DECODINGS = 3;

/** The path itself, and as read by servers that undo escapes, fold slashes or drop parameters. */
export function pathReadings(path: string): ReadonlySet<string> {
  const readings = new Set<string>();
  let text = path;
  for (let round = 0; round <= MAX_DECODINGS; round += 1) {
    const folded = text.replaceAll("\\", "/").replace(/\/{2,}/g, "/");
    for (const reading of [text, folded, folded.replace(/;[^/]*/g, "")]) readings.add(reading);
    const decoded = text.includes("%") ? decode(text) : text;
    if (decoded === text) break;
    text = decoded;
  }
  return readings;
}

/** Whether servers differ about where the path's parts begin and end, or which of them count. */
export function isReadDifferently(path: string): boolean {
  return /[;\\]|\/\/|%(?:2[35f]|3[bf]|5c)/i.test(path);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
