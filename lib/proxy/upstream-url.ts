import { ProviderPathError } from "../providers/provider-path-error";
import type { Provider } from "../providers/types";
import type { ProxyConfig } from "./config";
import { ProxyError } from "./proxy-error";

/**
 * The address of a provider's path, through the gateway where one is set.
 * @throws {ProxyError} `invalid_path` where the provider cannot be asked for it directly.
 */
export function upstreamUrl(provider: Provider, path: string, config: ProxyConfig): string {
  if (config.gatewayUrl !== null) {
    return `${config.gatewayUrl}/${provider.slug}/${provider.gatewayPath(path)}`;
  }
  try {
    return provider.directUrl(path);
  } catch (error) {
    if (!(error instanceof ProviderPathError)) throw error;
    throw new ProxyError("invalid_path", error.message, { cause: error });
  }
}

/** The query with its `?`, less the named parameters; the empty string if nothing is left. */
export function queryWithout(search: URLSearchParams, names: readonly string[]): string {
  for (const name of names) search.delete(name);
  return search.size === 0 ? "" : `?${search}`;
}
