/**
 * The forms of one path: as clients write it, as AI Gateway documents it, and at the provider.
 * @module
 */
import { ProviderPathError } from "./provider-path-error";
import type { Provider } from "./types";

export interface BasePathOptions {
  /** The provider's base URL, without a trailing slash. */
  readonly base: string;
  /** What AI Gateway expects before the rest of the path (`v1/`); by default nothing. */
  readonly gatewayPrefix?: string;
  /** What clients may write before the rest, the longest first (`openai/v1/`, `v1/`). */
  readonly prefixes: readonly string[];
}

/** Path forms of a provider whose API is below one base URL. */
export function basePath({
  base,
  gatewayPrefix = "",
  prefixes,
}: BasePathOptions): Pick<Provider, "gatewayPath" | "directUrl"> {
  const rest = (path: string) => {
    for (const prefix of prefixes) {
      if (path.startsWith(prefix)) return path.slice(prefix.length);
    }
    return path;
  };
  return {
    gatewayPath: (path) => gatewayPrefix + rest(path),
    directUrl: (path) => `${base}/${rest(path)}`,
  };
}

/**
 * Path forms of a provider that uses the same versioned path everywhere; `version` is added if a client left it out.
 */
export function versionedPath(
  origin: string,
  version: string,
): Pick<Provider, "gatewayPath" | "directUrl"> {
  const withVersion = (path: string) => (VERSIONED.test(path) ? path : `${version}/${path}`);
  return {
    gatewayPath: withVersion,
    directUrl: (path) => `${origin}/${withVersion(path)}`,
  };
}

/** `v1/…`, `v1beta/…`, and Google's `upload/v1beta/…`. */
const VERSIONED = /^(?:upload\/)?v\d+[a-z\d]*(?:\/|$)/;

/**
 * One part of a host name that a client's path contains: a region, a resource. Nothing else is allowed there, or a key
 * could be sent to a host of the client's choosing.
 */
export function hostLabel(text: string | undefined, what: string): string {
  if (text !== undefined && HOST_LABEL.test(text)) return text;
  throw new ProviderPathError(
    `${what} must be letters, digits and hyphens, not ${JSON.stringify((text ?? "").slice(0, 64))}`,
  );
}

const HOST_LABEL = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i;
