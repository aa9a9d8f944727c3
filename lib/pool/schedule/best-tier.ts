/**
 * The groups of the priority that is used first, whether or not a key of it is ready: conversations are spread over
 * them, so that all isolates find the same key for one. Worked out when first asked for.
 * @module
 */
import type { Group } from "./group";

export class BestTier {
  readonly #groups: readonly Group[];
  #priority: number | null = null;
  #ring: Group[] | null = null;

  /** @param groups All of the scheduler, which may become more. */
  constructor(groups: readonly Group[]) {
    this.#groups = groups;
  }

  get priority(): number {
    if (this.#priority === null) {
      const usable = this.#groups.filter((group) => group.isUsable);
      this.#priority = usable.reduce(
        (highest, { priority }) => Math.min(highest, priority),
        Number.POSITIVE_INFINITY,
      );
    }
    return this.#priority;
  }

  /** Sorted by hash. */
  get ring(): readonly Group[] {
    if (this.#ring === null) {
      this.#ring = this.#groups.filter(({ priority }) => priority === this.priority);
      this.#ring.sort(byHash);
    }
    return this.#ring;
  }

  /** The scheduler has these groups now, too. */
  added(groups: readonly Group[]): void {
    const before = this.#priority;
    this.#priority = null;
    if (this.#ring === null) return;
    const { priority: now } = this;
    const more = groups.filter(({ priority }) => priority === now);
    // Sorted already but for what comes behind, which the engine's sort makes use of.
    this.#ring = now === before ? [...this.#ring, ...more].sort(byHash) : null;
  }
}

function byHash(one: Group, other: Group): number {
  return one.hash - other.hash;
}
