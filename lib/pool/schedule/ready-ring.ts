/**
 * A queue that is always taken at the front and refilled at the back, in constant time.
 * @module
 */
export class ReadyRing<Item> {
  #items: (Item | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  /** Puts an item in front of all others. */
  unshift(item: Item): void {
    if (this.#head === 0) {
      // Room for as many more as there are items: amortised constant.
      this.#head = this.#items.length + 1;
      this.#items = [...new Array<Item | undefined>(this.#head), ...this.#items];
    }
    this.#head -= 1;
    this.#items[this.#head] = item;
  }

  /** From the front on. */
  *items(): Generator<Item, void> {
    for (let index = this.#head; index < this.#items.length; index += 1) {
      const item = this.#items[index];
      if (item !== undefined) yield item;
    }
  }

  peek(): Item | undefined {
    return this.#items[this.#head];
  }

  shift(): Item | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#head += 1;
    // Drop the consumed half at once: amortised constant, and memory stays below twice the size.
    if (this.#head * 4 > this.#items.length * 3) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
