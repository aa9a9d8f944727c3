import type { Provider } from "../../providers/types";
import type { ProxyConfig } from "../config";
import type { ProxyPorts } from "../ports";

/** AI Gateway's base for requests to this provider, without a trailing slash; null to call it directly. */
export function gatewayFor(
  { slug }: Provider,
  { config, ports }: { readonly config: ProxyConfig; readonly ports: Pick<ProxyPorts, "state"> },
): string | null {
  return config.gatewayUrl === null || ports.state.goesDirect(slug) ? null : config.gatewayUrl;
}

/**
 * The address of a provider's path.
 * @param gatewayUrl From `gatewayFor`.
 * @throws {ProviderPathError} if the path leads nowhere, or to a host that isn't the provider's.
 */
export function upstreamUrl(provider: Provider, path: string, gatewayUrl: string | null): string {
  return gatewayUrl === null
    ? provider.directUrl(path)
    : `${gatewayUrl}/${provider.slug}/${provider.gatewayPath(path)}`;
}

/** A query parameter; null if absent. Most requests have no query, and needn't pay for its parser. */
export function queryParameter(url: URL, name: string): string | null {
  return url.search === "" ? null : url.searchParams.get(name);
}

/**
 * A query with another value for a parameter. The rest keeps its bytes.
 * @param search As in `URL.search`, with the parameter.
 */
export function queryWith(search: string, name: string, value: string): string {
  const pairs = search.slice(1).split("&");
  const isNamed = (pair: string) => new URLSearchParams(pair).has(name);
  return `?${pairs.map((pair) => (isNamed(pair) ? `${name}=${encodeURIComponent(value)}` : pair)).join("&")}`;
}
