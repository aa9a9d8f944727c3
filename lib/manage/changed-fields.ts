/** What a change would change, with the values before and after; null if nothing. */
export function changedFields<Fields extends object>(
  before: Fields,
  wanted: { readonly [Name in keyof Fields]?: Fields[Name] | undefined },
): { before: Partial<Fields>; after: Partial<Fields> } | null {
  const names = (Object.keys(wanted) as (keyof Fields)[]).filter(
    (name) =>
      wanted[name] !== undefined && JSON.stringify(wanted[name]) !== JSON.stringify(before[name]),
  );
  if (names.length === 0) return null;
  const pick = (from: Partial<Fields>) =>
    Object.fromEntries(names.map((name) => [name, from[name]])) as Partial<Fields>;
  return { before: pick(before), after: pick(wanted as Partial<Fields>) };
}
