import { OWN_SEGMENTS } from "../providers/own-segments";
import { isUnmistakable } from "./carries-token";
import { withoutNeedlessEscapes } from "./path-readings";
import { ProxyError } from "./proxy-error";

/** Path and query together; Cloudflare's edge takes 16 KB. */
const MAX_ADDRESS_CHARS = 16 * 1024;

export interface ProxyPath {
  /** `openai`, `compat`, … as the client wrote it. */
  readonly segment: string;
  /** What follows, percent-encoded where it has to be, without a leading slash. */
  readonly rest: string;
}

/** Splits `/api/{segment}/{rest}`; null where the path is not the proxy's to answer. */
export function splitProxyPath(pathname: string): ProxyPath | null {
  if (!pathname.startsWith("/api/")) return null;
  const slash = pathname.indexOf("/", 5);
  const segment = slash === -1 ? pathname.slice(5) : pathname.slice(5, slash);
  if (OWN_SEGMENTS.has(segment)) return null;
  return { segment, rest: slash === -1 ? "" : withoutNeedlessEscapes(pathname.slice(slash + 1)) };
}

/**
 * Refuses a path that climbs out of its provider once an upstream decodes it (plain `..` never gets here: URL
 * parsing has already resolved it), that holds the caller's token, or that is too long.
 * @param search The query with its `?`.
 * @throws {ProxyError} `invalid_path`, `address_too_long`.
 */
export function assertSafePath(path: string, search: string, token: string): void {
  if (path.length + search.length > MAX_ADDRESS_CHARS) {
    throw new ProxyError(
      "address_too_long",
      `Path and query may have ${MAX_ADDRESS_CHARS / 1024} KiB together.`,
    );
  }
  if (isUnmistakable(token) && path.includes(token)) {
    throw new ProxyError("invalid_path", "The path holds the access token, which goes nowhere.");
  }
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
