/**
 * Google's resumable uploads: the first answer names, in `x-goog-upload-url`, where the bytes go.
 * Left as it is, the SDK would send them, and the caller's access token with them, past the proxy.
 * @module
 */
import type { PoolKey } from "../pool/types";
import type { ProxyConfig } from "./config";
import type { ProxyCall } from "./proxy-call";

const UPLOAD_URL_HEADER = "x-goog-upload-url";

/** Carries the id of the key that began the upload: Google knows the session under that key alone. */
export const KEY_ID_PARAMETER = "one-balance-key";

/**
 * Whether the bytes of an upload go to this path: only there the parameter is read, which takes a key whatever
 * its limits are.
 * @param path Below the provider's slug.
 */
export function isUploadPath(path: string): boolean {
  return path.startsWith("upload/");
}

/** Points the upload address of an answer back at the proxy; leaves addresses of other hosts alone. */
export function redirectUpload(
  headers: Headers,
  call: ProxyCall,
  key: PoolKey,
  config: ProxyConfig,
  requested: URL,
): void {
  const address = headers.get(UPLOAD_URL_HEADER);
  if (address === null) return;
  const { provider } = call;
  // Uploads stand beside the API's base path (`/upload/v1beta/files`).
  const bases = [`${new URL(provider.directUrl("")).origin}/`];
  if (config.gatewayUrl !== null) bases.push(`${config.gatewayUrl}/${provider.slug}/`);
  const base = bases.find((candidate) => address.startsWith(candidate));
  if (base === undefined) return;
  const url = new URL(`${requested.origin}/api/${provider.slug}/${address.slice(base.length)}`);
  url.searchParams.delete("key");
  url.searchParams.set(KEY_ID_PARAMETER, key.id);
  headers.set(UPLOAD_URL_HEADER, url.href);
}
