import type { Group, PoolEntry } from "../schedule/group";
import type { PoolKey } from "../types";

/**
 * Which keys to check after one response has shown that several are invalid: half of them those that worked most
 * recently, because a request that meets many invalid keys falls back on these, and the others those whose turn is next.
 * @param served The key that has just worked.
 * @param most The most keys.
 */
export function keysToCheck(
  proven: Iterable<PoolEntry>,
  next: Iterable<Group>,
  served: PoolEntry,
  most: number,
): readonly PoolKey[] {
  const keys = new Set<PoolKey>();
  const add = ({ key, presence, trouble }: PoolEntry) => {
    const isInUse = presence === "present" && key.status === "active" && trouble === null;
    if (isInUse && key !== served.key) keys.add(key);
  };
  for (const entry of proven) {
    if (keys.size >= most / 2) break;
    add(entry);
  }
  for (const { entries } of next) {
    for (const entry of entries) {
      if (keys.size >= most) return [...keys];
      add(entry);
    }
  }
  return [...keys];
}
