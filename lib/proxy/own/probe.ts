/**
 * Questions whether anybody is there. Claude Code asks `HEAD` of its base URL at each start, uptime monitors and
 * browsers ask `HEAD` and `OPTIONS`; none sends a credential, so nobody is refused and nothing is counted.
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
