import type { PoolEntry } from "../schedule/group";

/** How many of the last successes are remembered. */
const REMEMBERED = 32;

/** The keys of the last successes, to find one that works. */
export class ProvenKeys {
  /** A ring buffer; a key can be in it several times. */
  readonly #entries: PoolEntry[] = [];
  #answers = 0;
  #from = 0;

  note(entry: PoolEntry): void {
    this.#entries[this.#answers % REMEMBERED] = entry;
    this.#answers += 1;
  }

  /** Remembers the key as the last one, if it is remembered: a check has found it valid. */
  renew(entry: PoolEntry): void {
    if (this.#entries.includes(entry)) this.note(entry);
  }

  /** The latest first. */
  *latest(): Generator<PoolEntry, void> {
    const { length } = this.#entries;
    for (let back = 1; back <= length; back += 1) {
      const entry = this.#entries[(this.#answers - back) % REMEMBERED];
      if (entry !== undefined) yield entry;
    }
  }

  /** Begins with a different one each time; otherwise simultaneous requests would all use one key. */
  *all(): Generator<PoolEntry, void> {
    const { length } = this.#entries;
    this.#from += 1;
    for (let step = 0; step < length; step += 1) {
      const entry = this.#entries[(this.#from + step) % length];
      if (entry !== undefined && entry.presence !== "removed") yield entry;
    }
  }
}
