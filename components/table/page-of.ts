/** Rows of a page of a list that is read as a whole. */
export const PAGE_SIZE = 50;

/** @param page From the URL, counted from 1; one that doesn't exist counts as the last. */
export function pageOf<Row>(
  rows: readonly Row[],
  page: number,
): { readonly rows: readonly Row[]; readonly page: number } {
  const last = Math.max(1, Math.ceil(rows.length / PAGE_SIZE));
  const shown = Math.min(Math.max(1, page), last);
  return { rows: rows.slice((shown - 1) * PAGE_SIZE, shown * PAGE_SIZE), page: shown };
}

/** Whether one of the texts contains what was searched, in any case. */
export function contains(texts: readonly (string | null)[], search: string | undefined): boolean {
  if (search === undefined) return true;
  const wanted = search.toLowerCase();
  return texts.some((text) => text?.toLowerCase().includes(wanted));
}
