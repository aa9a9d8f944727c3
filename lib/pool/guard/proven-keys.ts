import type { PoolEntry } from "../schedule/group";

/** So many of the last answers are remembered. */
const REMEMBERED = 32;

/** The keys of the last answers, to find one that works. */
export class ProvenKeys {
  /** In a circle; some stand in it several times. */
  readonly #entries: PoolEntry[] = [];
  #answers = 0;
  #from = 0;

  note(entry: PoolEntry): void {
    this.#entries[this.#answers % REMEMBERED] = entry;
    this.#answers += 1;
  }

  *all(): Generator<PoolEntry, void> {
    const { length } = this.#entries;
    // Not always the same first: those asked at once would all fall on one key.
    this.#from += 1;
    for (let step = 0; step < length; step += 1) {
      const entry = this.#entries[(this.#from + step) % length];
      if (entry?.present === true) yield entry;
    }
  }
}
