/**
 * What was sent lately, oldest first, so that "the request ten sends ago must be a minute old" can be asked.
 *
 * Sends of nearly the same moment share an entry, so that memory stays bounded however many there are:
 * times are rounded up to a grain, which errs on the side of waiting a little longer. Every key has such a
 * log, so it grows in small steps.
 * @module
 */
const FIRST_ENTRIES = 4;

export class SendLog {
  /** Pairs of time and amount, in a circle. */
  #slots: number[] = [];
  /** Index of the oldest pair's time. */
  #head = 0;
  #size = 0;
  #total = 0;

  /** Everything that is remembered. */
  get total(): number {
    return this.#total;
  }

  /** @returns The time of the entry that holds it, for `refund`. */
  add(nowMs: number, amount: number, grainMs: number): number {
    const timeMs = Math.ceil(nowMs / grainMs) * grainMs;
    this.#total += amount;
    const lastMs = this.#size > 0 ? this.#timeAt(this.#size - 1) : Number.NEGATIVE_INFINITY;
    if (lastMs >= timeMs) {
      this.#setAmount(this.#size - 1, this.#amountAt(this.#size - 1) + amount);
      return lastMs;
    }
    if (this.#size * 2 === this.#slots.length) this.#grow();
    this.#size += 1;
    this.#slots[this.#slotOf(this.#size - 1)] = timeMs;
    this.#setAmount(this.#size - 1, amount);
    return timeMs;
  }

  /**
   * Takes an amount out of the entry that it was added to. Nothing if that entry is forgotten: what was added
   * later is not to pay for it.
   * @param entryMs As `add` returned it.
   */
  refund(entryMs: number, amount: number): void {
    let low = 0;
    let high = this.#size - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#timeAt(middle) < entryMs) low = middle + 1;
      else high = middle;
    }
    if (this.#size === 0 || this.#timeAt(low) !== entryMs) return;
    const here = this.#amountAt(low);
    const refunded = Math.min(here, amount);
    this.#setAmount(low, here - refunded);
    this.#total -= refunded;
  }

  /** Takes back an amount of what was sent last: it did not count. */
  takeBack(amount: number): void {
    let left = Math.min(amount, this.#total);
    this.#total -= left;
    while (left > 0) {
      const here = this.#amountAt(this.#size - 1);
      if (here > left) this.#setAmount(this.#size - 1, here - left);
      else this.#size -= 1;
      left -= Math.min(here, left);
    }
  }

  /** When the `amount`-th last unit was sent; null if fewer are remembered. */
  timeOfLast(amount: number): number | null {
    let beyond = this.#total - amount;
    if (beyond < 0) return null;
    for (let index = 0; index < this.#size; index += 1) {
      const here = this.#amountAt(index);
      if (here > beyond) return this.#timeAt(index);
      beyond -= here;
    }
    return null;
  }

  /** Forgets all but the last `amount` units and what was sent together with them. */
  keepLast(amount: number): void {
    while (this.#size > 0 && this.#total - this.#amountAt(0) >= amount) this.#dropOldest();
  }

  /** The amount sent after a moment. */
  since(timeMs: number): number {
    let amount = 0;
    for (let index = this.#size - 1; index >= 0 && this.#timeAt(index) > timeMs; index -= 1) {
      amount += this.#amountAt(index);
    }
    return amount;
  }

  forgetBefore(timeMs: number): void {
    while (this.#size > 0 && this.#timeAt(0) < timeMs) this.#dropOldest();
  }

  #dropOldest(): void {
    this.#total -= this.#amountAt(0);
    this.#head = this.#slotOf(1);
    this.#size -= 1;
  }

  #grow(): void {
    const entries = Math.max(FIRST_ENTRIES, this.#size + 2, Math.ceil(this.#size * 1.25));
    const slots = new Array<number>(entries * 2);
    for (let index = 0; index < this.#size; index += 1) {
      slots[index * 2] = this.#timeAt(index);
      slots[index * 2 + 1] = this.#amountAt(index);
    }
    this.#slots = slots;
    this.#head = 0;
  }

  #slotOf(index: number): number {
    const slot = this.#head + index * 2;
    return slot < this.#slots.length ? slot : slot - this.#slots.length;
  }

  #timeAt(index: number): number {
    return this.#slots[this.#slotOf(index)] ?? 0;
  }

  #amountAt(index: number): number {
    return this.#slots[this.#slotOf(index) + 1] ?? 0;
  }

  #setAmount(index: number, amount: number): void {
    this.#slots[this.#slotOf(index) + 1] = amount;
  }
}
