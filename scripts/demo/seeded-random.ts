/** Random numbers that are the same for the same seed (mulberry32). @module */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** In [0, 1). */
  next = (): number => {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };

  chance(share: number): boolean {
    return this.next() < share;
  }

  /** An integer, both ends included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** Around `middle`, mostly between half and double: the distribution of times and lengths of texts. */
  around(middle: number): number {
    // The sum of a few is nearly normally distributed.
    const bell = (this.next() + this.next() + this.next() + this.next() - 2) / 0.58;
    return Math.max(1, Math.round(middle * Math.exp(0.5 * bell)));
  }

  /** One of them, by its weight. */
  pick<Item extends { readonly weight: number }>(items: readonly Item[]): Item {
    let at = this.next() * items.reduce((sum, { weight }) => sum + weight, 0);
    for (const item of items) {
      at -= item.weight;
      if (at < 0) return item;
    }
    const last = items.at(-1);
    if (last === undefined) throw new Error("nothing to pick from");
    return last;
  }
}
