/**
 * Addresses in responses that point to the provider's own host. Unchanged, they would make the client send its access
 * token there, past the proxy. Google's resumable uploads name their upload address in `x-goog-upload-url`; redirects
 * name theirs in `location`.
 * @module
 */
import type { PoolKey } from "../../pool/types";
import type { Provider } from "../../providers/types";
import type { ProxyConfig } from "../config";

const UPLOAD_URL_HEADER = "x-goog-upload-url";

/** Contains the id of the key that began the upload, because Google knows the session only under that key. */
export const KEY_ID_PARAMETER = "one-balance-key";

/**
 * Whether a path is for the bytes of an upload: only there is the parameter read, which selects a key whatever its
 * limits are.
 * @param path The part after the provider's slug.
 */
export function isUploadPath(path: string): boolean {
  return path.startsWith("upload/");
}

/** Points a response's upload address back to the proxy; leaves addresses of other hosts unchanged. */
export function redirectUpload(
  headers: Headers,
  provider: Provider,
  key: PoolKey,
  config: ProxyConfig,
  requested: URL,
): void {
  const address = headers.get(UPLOAD_URL_HEADER);
  const url = address === null ? null : throughProxy(address, provider, config, requested);
  if (url === null) return;
  url.searchParams.set(KEY_ID_PARAMETER, key.id);
  headers.set(UPLOAD_URL_HEADER, url.href);
}

/**
 * Points a redirect to the provider's own host back to the proxy: the provider would reject the client's token, and
 * SDKs send it along (Google's file downloads). An address elsewhere is the client's business, like that of a file in a
 * store, which needs no key.
 */
export function redirectThroughProxy(
  headers: Headers,
  provider: Provider,
  config: ProxyConfig,
  requested: URL,
): void {
  const address = headers.get("location");
  if (address === null) return;
  if (/^\/(?!\/)/.test(address)) {
    headers.set("location", `/api/${provider.slug}${address}`);
    return;
  }
  const url = throughProxy(address, provider, config, requested);
  if (url !== null) headers.set("location", url.href);
}

/** The address at the proxy, without a key; null for another host's. */
function throughProxy(
  address: string,
  provider: Provider,
  config: ProxyConfig,
  requested: URL,
): URL | null {
  // Some paths are next to the API's base path (`/upload/v1beta/files`).
  const bases = [`${new URL(provider.directUrl("")).origin}/`];
  if (config.gatewayUrl !== null) bases.push(`${config.gatewayUrl}/${provider.slug}/`);
  const base = bases.find((candidate) => address.startsWith(candidate));
  if (base === undefined) return null;
  const url = new URL(`${requested.origin}/api/${provider.slug}/${address.slice(base.length)}`);
  url.searchParams.delete("key");
  return url;
}
