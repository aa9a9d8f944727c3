/** Where to go after signing in: a path of this site in the login page's `next`, otherwise the overview. */
export function nextPath(value: unknown): string {
  if (typeof value !== "string" || !isOwnPath(value)) return "/";
  const url = URL.parse(value, HERE);
  // Dots are resolved by now, and may have produced two slashes at the front.
  return url?.origin === HERE && isOwnPath(url.pathname) ? url.pathname + url.search : "/";
}

const HERE = "http://here.invalid";

/** Browsers interpret `//host` and `/\host` as other sites. */
function isOwnPath(path: string): boolean {
  return /^\/(?![/\\])/.test(path);
}
