/**
 * The free call that asks a provider whether a key is valid, or whether the provider is reachable at all.
 * @module
 */
import type { KeyCheck, OutgoingRequest, Provider, Route } from "./types";

/** How providers are reached. */
export interface CheckUpstream {
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** AI Gateway's base without a trailing slash; null to call the provider directly. */
  readonly gatewayUrl: string | null;
  /** Whether requests to this provider bypass the gateway. */
  goesDirect(slug: string): boolean;
  /** For `cf-aig-authorization`. */
  readonly gatewayToken: string | null;
}

export interface CheckRequest {
  readonly url: string;
  readonly route: Route;
  readonly init: RequestInit;
}

const TIMEOUT_MS = 20_000;

/**
 * @param keyText Null to send no key.
 * @throws {ProviderPathError} if the path leads nowhere.
 */
export function checkRequest(
  provider: Provider,
  check: KeyCheck,
  keyText: string | null,
  upstream: Omit<CheckUpstream, "fetch">,
): CheckRequest {
  const { gatewayUrl, gatewayToken } = upstream;
  const isDirect =
    gatewayUrl === null || check.url !== undefined || upstream.goesDirect(provider.slug);
  const url = isDirect
    ? (check.url ?? provider.directUrl(check.path))
    : `${gatewayUrl}/${provider.slug}/${provider.gatewayPath(check.path)}`;
  const outgoing: OutgoingRequest = {
    url: new URL(url),
    // Cloudflare's browser integrity check rejects requests without one (error 1010).
    headers: new Headers({ "user-agent": "one-balance" }),
    route: isDirect ? "direct" : "gateway",
  };
  if (keyText !== null) provider.placeKey(outgoing, keyText);
  if (!isDirect) {
    if (gatewayToken !== null)
      outgoing.headers.set("cf-aig-authorization", `Bearer ${gatewayToken}`);
    // A cached response would be about another key.
    outgoing.headers.set("cf-aig-skip-cache", "true");
  }
  return {
    url: outgoing.url.href,
    route: outgoing.route,
    init: {
      method: check.method,
      headers: outgoing.headers,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    },
  };
}
