/**
 * The groups of the priority that is used first, ready or not: conversations are spread over them, so that all isolates
 * find the same key for a conversation. Computed on first use.
 * @module
 */
import type { Group } from "./group";

export class BestTier {
  readonly #groups: readonly Group[];
  #priority: number | null = null;
  #ring: Group[] | null = null;

  /** @param groups All groups of the scheduler; more may be added. */
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

  /** Records that the scheduler has these groups too. */
  added(groups: readonly Group[]): void {
    const before = this.#priority;
    this.#priority = null;
    if (this.#ring === null) return;
    const { priority: now } = this;
    const more = groups.filter(({ priority }) => priority === now);
    // Already sorted except for the new ones, which the engine's sort takes advantage of.
    this.#ring = now === before ? [...this.#ring, ...more].sort(byHash) : null;
  }
}

function byHash(one: Group, other: Group): number {
  return one.hash - other.hash;
}
