/**
 * Finds keys that behave like one account: whenever one is rejected, so are the others.
 * @module
 */

/** A rejection for lack of quota. */
export interface Trip {
  readonly keyId: string;
  readonly model: string;
  readonly atMs: number;
}

const TOGETHER_MS = 5_000;
/** Fewer occasions could be chance. */
const LEAST_OCCASIONS = 3;
/** Share of a key's trips that another must have joined. */
const ALWAYS = 0.9;
/** If more of the pool trips at once, the load or the provider is the common cause. */
const MOST_OF_POOL = 1 / 3;

/** Keys that probably share one quota. */
export interface SharedQuotaHint {
  /** Sorted; at least two. */
  readonly keyIds: readonly string[];
  /** Occasions on which all of them were rejected. */
  readonly together: number;
  /** Occasions on which any of them was rejected. */
  readonly occasions: number;
}

/**
 * Groups of keys that are always rejected together, each as a suggestion for a quota domain.
 * @param trips In any order.
 * @param poolSize The number of keys in the pool.
 */
export function correlatedThrottling(
  trips: readonly Trip[],
  poolSize: number,
): readonly SharedQuotaHint[] {
  const occasions = occasionsOf(trips).filter(({ size }) => size <= poolSize * MOST_OF_POOL);
  const counts = new Map<string, number>();
  const pairs = new Map<string, { readonly a: string; readonly b: string; count: number }>();
  for (const occasion of occasions) {
    const keyIds = [...occasion].sort();
    for (const [index, a] of keyIds.entries()) {
      counts.set(a, (counts.get(a) ?? 0) + 1);
      for (const b of keyIds.slice(index + 1)) {
        const name = `${a} ${b}`;
        const pair = pairs.get(name) ?? { a, b, count: 0 };
        pair.count += 1;
        pairs.set(name, pair);
      }
    }
  }
  const groups = new Map<string, Set<string>>();
  for (const { a, b, count } of pairs.values()) {
    const most = Math.max(counts.get(a) ?? 0, counts.get(b) ?? 0);
    if (count < LEAST_OCCASIONS || count < most * ALWAYS) continue;
    const merged = new Set([a, b, ...(groups.get(a) ?? []), ...(groups.get(b) ?? [])]);
    for (const keyId of merged) groups.set(keyId, merged);
  }
  return [...new Set(groups.values())].map((group) => {
    const counted = occasions.filter((occasion) => !group.isDisjointFrom(occasion));
    return {
      keyIds: [...group].sort(),
      together: counted.filter((occasion) => group.isSubsetOf(occasion)).length,
      occasions: counted.length,
    };
  });
}

/** The keys of each burst of rejections of one model. */
function occasionsOf(trips: readonly Trip[]): ReadonlySet<string>[] {
  const occasions: Set<string>[] = [];
  for (const ofModel of Map.groupBy(trips, ({ model }) => model).values()) {
    let endMs = Number.NEGATIVE_INFINITY;
    for (const { keyId, atMs } of ofModel.toSorted((a, b) => a.atMs - b.atMs)) {
      if (atMs > endMs) {
        occasions.push(new Set());
        endMs = atMs + TOGETHER_MS;
      }
      occasions.at(-1)?.add(keyId);
    }
  }
  return occasions;
}
