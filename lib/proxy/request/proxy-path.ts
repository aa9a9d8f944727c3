/**
 * Addresses as people type them: what a request's path asks for. Decided from the path alone.
 *
 * An SDK appends its own path to the base URL that it was given, and people give it the bare host, the host with
 * `/v1`, the provider's folder with or without a version, or any of these with a slash at the end. All of it leads
 * to the same two kinds of doors: a provider's own API, and the forms that several providers share (`compat`).
 * @module
 */
import { OWN_SEGMENTS, ROOT_DOORS } from "../../providers/own-segments";
import { ProxyError } from "../proxy-error";
import { carriesToken, isUnmistakable } from "./carries-token";
import { withoutNeedlessEscapes } from "./path-readings";

/** Path and query together; Cloudflare's edge takes 16 KB. */
const MAX_ADDRESS_CHARS = 16 * 1024;

export interface ProxyPath {
  /** `openai`, `compat`, … as the client wrote it. */
  readonly segment: string;
  /** What follows, percent-encoded where it has to be, without a leading slash. */
  readonly rest: string;
}

/** The segment of the doors that several providers share. */
export const COMPAT = "compat";

const AT_ROOT = new RegExp(`^/${ROOT_DOORS}`);
const BELOW_API = new RegExp(`^${ROOT_DOORS}`);

/** Splits `/api/{segment}/{rest}`, and reads what stands at the root; null where the path is not the proxy's to answer. */
export function splitProxyPath(pathname: string): ProxyPath | null {
  const path = pathname.includes("//") ? foldSlashes(pathname) : pathname;
  if (!path.startsWith("/api/")) {
    if (path === "/api") return { segment: "", rest: "" };
    return AT_ROOT.test(path) ? { segment: COMPAT, rest: tidyRest(path.slice(1)) } : null;
  }
  const slash = path.indexOf("/", 5);
  const segment = slash === -1 ? path.slice(5) : path.slice(5, slash);
  if (OWN_SEGMENTS.has(segment)) return null;
  return { segment, rest: slash === -1 ? "" : tidyRest(path.slice(slash + 1)) };
}

/**
 * A path below `/api/` whose first segment is no provider's name, and which goes on as an API does: somebody took
 * `/api` for the base URL. Null where it is not so.
 */
export function asCompatPath({ segment, rest }: ProxyPath): ProxyPath | null {
  const path = rest === "" ? segment : `${segment}/${rest}`;
  return BELOW_API.test(path) ? { segment: COMPAT, rest: tidyRest(path) } : null;
}

/** One slash for several, but for those of an address within the path. */
function foldSlashes(pathname: string): string {
  return pathname.replace(/(?<!:)\/{2,}/g, "/");
}

/** A version that another follows: the base URL had one, and the SDK wrote its own. */
const VERSION_TWICE =
  /^((?:(?:openai|inference|api|anthropic|compatibility)\/)?)(?:v\d[a-z\d]*\/)+(?=(?:upload\/)?v\d[a-z\d]*(?:\/|$))/;
/** An endpoint with a slash at its end. */
const SLASH_AT_END =
  /(?:^|\/)(?:completions|responses|embeddings|moderations|messages|count_tokens|models|speech|transcriptions|translations|generations|edits|variations|rerank|files|batches)\/$/;

function tidyRest(rest: string): string {
  const plain = withoutNeedlessEscapes(rest);
  const once = VERSION_TWICE.test(plain) ? plain.replace(VERSION_TWICE, "$1") : plain;
  return once.endsWith("/") && SLASH_AT_END.test(once) ? once.slice(0, -1) : once;
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
  if (isUnmistakable(token) && carriesToken(path, token)) {
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
