/**
 * Unique names: if several share one, such as two tokens with the same name, the end of the id is appended.
 * @param names By id.
 */
export function distinctNames(names: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const bearers = Map.groupBy(names.values(), (name) => name);
  return new Map(
    [...names].map(([id, name]) => {
      const isShared = (bearers.get(name)?.length ?? 0) > 1;
      return [id, isShared ? `${name} · ${id.slice(-4)}` : name];
    }),
  );
}
