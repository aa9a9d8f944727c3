/**
 * Merges two changes of one list: rows that only one of them changed get that change. Null if both changed, added or
 * removed the same row differently.
 * @param read The list before both changes.
 */
export function mergeRows<Row>(
  read: readonly Row[],
  theirs: readonly Row[],
  mine: readonly Row[],
  nameOf: (row: Row) => string,
): Row[] | null {
  const [before, other, own] = [read, theirs, mine].map(
    (rows) => new Map(rows.map((row) => [nameOf(row), row])),
  );
  if (before === undefined || other === undefined || own === undefined) return null;
  const merged: Row[] = [];
  // In my order, then the rows that only they have.
  for (const name of new Set([...own.keys(), ...other.keys(), ...before.keys()])) {
    const [was, yours, ours] = [before.get(name), other.get(name), own.get(name)];
    const isTheirs = !isSame(was, yours);
    const isMine = !isSame(was, ours);
    if (isTheirs && isMine && !isSame(yours, ours)) return null;
    const row = isTheirs ? yours : ours;
    if (row !== undefined) merged.push(row);
  }
  return merged;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
