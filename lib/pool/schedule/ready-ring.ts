/**
 * A queue that is taken from at the front and refilled at the back, in constant time. An item can be removed from the
 * middle: its place then stays behind and no longer counts.
 * @module
 */
export interface Placed {
  /** Identifies the item's place in its ring; 0 if it isn't in a ring. */
  place: number;
}

/** Shared by all rings: an item that moves from one to another must not be found at the place that it left. */
let lastPlace = 0;

export class ReadyRing<Item extends Placed> {
  #items: (Item | undefined)[] = [];
  /** The ids of the places, parallel to the items. */
  #places: number[] = [];
  #head = 0;
  #left = 0;

  /** The number of items in it. */
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

  /** Removes an item, wherever it is. */
  remove(item: Item): void {
    item.place = 0;
    this.#left += 1;
  }

  /** From the front to the back. */
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
