/**
 * Checks whether the service is up. Claude Code sends `HEAD` to its base URL at each start, uptime monitors and
 * browsers send `HEAD` and `OPTIONS`. None sends a credential, so all get a response and none is counted.
 * @module
 */
import { requestCredentials } from "../request/request-credential";

/** @param url The request's. */
export function isProbe({ method, headers }: Request, url: URL): boolean {
  if (method !== "HEAD" && method !== "OPTIONS") return false;
  return requestCredentials(headers, url, undefined).next().done === true;
}

export function probeAnswer({ method }: Request): Response {
  const isHead = method === "HEAD";
  return new Response(null, {
    status: isHead ? 200 : 204,
    headers: {
      "cache-control": "no-store",
      ...(!isHead && { allow: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" }),
    },
  });
}
