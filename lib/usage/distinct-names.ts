/**
 * Names that tell their bearers apart: those that several share, such as two tokens of one name, get the end
 * of the id.
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
