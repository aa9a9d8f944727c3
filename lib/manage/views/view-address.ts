/**
 * Which pages have saved views, and what of their addresses is saved; for the portal and the verbs.
 * @module
 */

export const MOST_NAME_CHARS = 80;

/** The log, usage, and the keys of a provider. */
const WITH_VIEWS = /^\/(?:requests|usage|keys\/[a-z][a-z\d-]{0,39})$/;

export function hasViews(path: string): boolean {
  return WITH_VIEWS.test(path);
}

/** Where one is on a page, and not what it shows: the page of a list; the opened key, which is a filter of the log. */
function isPosition(path: string, name: string): boolean {
  return name === "page" || (name === "key" && path.startsWith("/keys/"));
}

/** The search parameters of a page that a view keeps, always in the same order; empty if there are none. */
export function viewQueryOf(path: string, search: string): string {
  const kept = [...new URLSearchParams(search)].filter(
    ([name, value]) => value.trim() !== "" && !isPosition(path, name),
  );
  const params = new URLSearchParams(kept);
  params.sort();
  return params.toString();
}
