/**
 * Addresses as people type them: what a request's path means, decided from the path alone.
 *
 * An SDK appends its own path to the base URL that it was given, and people enter the bare host, the host with `/v1`,
 * the provider's folder with or without a version, or any of these with a trailing slash. All of it leads to the same
 * two kinds of entry points: a provider's own API, and the API formats that several providers share (`compat`).
 * @module
 */
import { OWN_SEGMENTS, ROOT_DOORS } from "../../providers/own-segments";
import { ProxyError } from "../proxy-error";
import { carriesToken, isUnmistakable } from "./carries-token";
import { pathReadings, withoutNeedlessEscapes } from "./path-readings";

/** Path and query together; Cloudflare's edge accepts 16 KB. */
const MAX_ADDRESS_CHARS = 16 * 1024;

export interface ProxyPath {
  /** `openai`, `compat`, … as the client wrote it. */
  readonly segment: string;
  /** The rest, percent-encoded where necessary, without a leading slash. */
  readonly rest: string;
}

/** The segment of the entry points that several providers share. */
export const COMPAT = "compat";

const AT_ROOT = new RegExp(`^/${ROOT_DOORS}`);
const BELOW_API = new RegExp(`^${ROOT_DOORS}`);

/** Splits `/api/{segment}/{rest}`, and recognizes API paths at the root; null if the path isn't for the proxy. */
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
 * A path below `/api/` whose first segment isn't a provider's name, but which continues like an API: the client used
 * `/api` as the base URL. Null otherwise.
 */
export function asCompatPath({ segment, rest }: ProxyPath): ProxyPath | null {
  const path = rest === "" ? segment : `${segment}/${rest}`;
  return BELOW_API.test(path) ? { segment: COMPAT, rest: tidyRest(path) } : null;
}

/** Replaces several slashes by one, except those of an address within the path. */
function foldSlashes(pathname: string): string {
  return pathname.replace(/(?<!:)\/{2,}/g, "/");
}

/** A version followed by another: the base URL had one, and the SDK added its own. */
const VERSION_TWICE =
  /^((?:(?:openai|inference|api|anthropic|compatibility)\/)?)(?:v\d[a-z\d]*\/)+(?=(?:upload\/)?v\d[a-z\d]*(?:\/|$))/;
/** An endpoint with a trailing slash. */
const SLASH_AT_END =
  /(?:^|\/)(?:completions|responses|embeddings|moderations|messages|count_tokens|models|speech|transcriptions|translations|generations|edits|variations|rerank|files|batches)\/$/;

function tidyRest(rest: string): string {
  const plain = withoutNeedlessEscapes(rest);
  const once = VERSION_TWICE.test(plain) ? plain.replace(VERSION_TWICE, "$1") : plain;
  return once.endsWith("/") && SLASH_AT_END.test(once) ? once.slice(0, -1) : once;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: no path of an API has any.
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * Rejects a path that would escape from its provider once a server on the way decodes it, perhaps twice, or drops its
 * parameters (URL parsing has already resolved a plain `..`), that contains the caller's token, or that is too long.
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
  if (!/[%;\\]/.test(path)) return;
  try {
    decodeURIComponent(path);
  } catch {
    throw new ProxyError("invalid_path", "The path has a malformed percent-encoding.");
  }
  for (const reading of pathReadings(path)) {
    if (reading.split(/[/\\]/).some((segment) => segment.trim() === "..")) {
      throw new ProxyError("invalid_path", 'The path has a hidden ".." segment.');
    }
    if (CONTROL.test(reading)) {
      throw new ProxyError("invalid_path", "The path has an encoded control character.");
    }
  }
}
