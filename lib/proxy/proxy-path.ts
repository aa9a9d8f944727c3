import { OWN_SEGMENTS } from "../providers/own-segments";
import { ProxyError } from "./proxy-error";

export interface ProxyPath {
  /** `openai`, `compat`, … as the client wrote it. */
  readonly segment: string;
  /** What follows, percent-encoded as sent, without a leading slash. */
  readonly rest: string;
}

/** Splits `/api/{segment}/{rest}`; null where the path is not the proxy's to answer. */
export function splitProxyPath(pathname: string): ProxyPath | null {
  if (!pathname.startsWith("/api/")) return null;
  const slash = pathname.indexOf("/", 5);
  const segment = slash === -1 ? pathname.slice(5) : pathname.slice(5, slash);
  if (OWN_SEGMENTS.has(segment)) return null;
  return { segment, rest: slash === -1 ? "" : pathname.slice(slash + 1) };
}

/**
 * Refuses a path that climbs out of its provider once an upstream decodes it. Plain `..` never gets
 * here: URL parsing has already resolved it.
 * @throws {ProxyError} `invalid_path`.
 */
export function assertSafePath(path: string): void {
  if (!path.includes("%")) return;
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    throw new ProxyError("invalid_path", "The path has a malformed percent-encoding.");
  }
  if (decoded.split(/[/\\]/).includes("..")) {
    throw new ProxyError("invalid_path", 'The path has an encoded ".." segment.');
  }
}
