/**
 * Where to go after signing in: a path of this site, as the login page's `next` names it, else the overview.
 */
export function nextPath(value: unknown): string {
  if (typeof value !== "string" || !isOwnPath(value)) return "/";
  const url = URL.parse(value, HERE);
  // Dots are resolved by now, and may have brought two slashes to the front.
  return url?.origin === HERE && isOwnPath(url.pathname) ? url.pathname + url.search : "/";
}

const HERE = "http://here.invalid";

/** Browsers take `//host` and `/\host` for other sites. */
function isOwnPath(path: string): boolean {
  return /^\/(?![/\\])/.test(path);
}
