/**
 * A queue that is taken at the front and refilled at the back, in constant time. An item can be taken out amid
 * it: its place then stays behind, and counts no longer.
 * @module
 */
export interface Placed {
  /** Names the item's place in the ring it stands in; 0 while it stands in none. */
  place: number;
}

/** Of all rings: an item that moves from one to another must not be found at a place that it left. */
let lastPlace = 0;

export class ReadyRing<Item extends Placed> {
  #items: (Item | undefined)[] = [];
  /** The names of the places, beside the items. */
  #places: number[] = [];
  #head = 0;
  #left = 0;

  /** Items that stand in it. */
  get size(): number {
    return this.#items.length - this.#head - this.#left;
  }

  push(item: Item): void {
    item.place = newPlace();
    this.#items.push(item);
    this.#places.push(item.place);
  }

  /** Puts an item in front of all others. */
  unshift(item: Item): void {
    if (this.#head === 0) {
      // Room for as many more as there are items: amortised constant.
      this.#head = this.#items.length + 1;
      this.#items = [...new Array<Item | undefined>(this.#head), ...this.#items];
      this.#places = [...new Array<number>(this.#head).fill(0), ...this.#places];
    }
    item.place = newPlace();
    this.#head -= 1;
    this.#items[this.#head] = item;
    this.#places[this.#head] = item.place;
  }

  /** Takes an item out, wherever it stands. */
  remove(item: Item): void {
    item.place = 0;
    this.#left += 1;
  }

  /** From the front on. */
  *items(): Generator<Item, void> {
    for (let index = this.#head; index < this.#items.length; index += 1) {
      const item = this.#items[index];
      if (item !== undefined && item.place === this.#places[index]) yield item;
    }
  }

  peek(): Item | undefined {
    for (;;) {
      const item = this.#items[this.#head];
      if (item === undefined || item.place === this.#places[this.#head]) return item;
      this.#left -= 1;
      this.#drop();
    }
  }

  shift(): Item | undefined {
    const item = this.peek();
    if (item === undefined) return undefined;
    item.place = 0;
    this.#drop();
    return item;
  }

  #drop(): void {
    this.#head += 1;
    // Drop the consumed half at once: amortised constant, and memory stays below twice the size.
    if (this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#places = this.#places.slice(this.#head);
      this.#head = 0;
    }
  }
}

function newPlace(): number {
  lastPlace += 1;
  return lastPlace;
}
