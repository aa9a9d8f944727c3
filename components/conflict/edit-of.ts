/** What a form changed, and what it had read before. */
export interface Edit<Fields> {
  readonly changes: Partial<Fields>;
  readonly was: Partial<Fields>;
}

/** Null if nothing was changed. Fields that aren't in `wanted` stay unchanged. */
export function editOf<Fields extends object>(
  read: Fields,
  wanted: Partial<Fields>,
): Edit<Fields> | null {
  const names = (Object.keys(wanted) as (keyof Fields)[]).filter(
    (name) => JSON.stringify(wanted[name] ?? null) !== JSON.stringify(read[name] ?? null),
  );
  if (names.length === 0) return null;
  const pick = (from: Partial<Fields>) =>
    Object.fromEntries(names.map((name) => [name, from[name] ?? null])) as Partial<Fields>;
  return { changes: pick(wanted), was: pick(read) };
}
