/**
 * Two changes of one list together: rows that only one of them changed are as that one has them. Null where both
 * changed, added or removed the same row in other ways.
 * @param read The list that both began with.
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
  // In my order, then what only they have.
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
