/**
 * Recent sends, oldest first, to answer questions such as "is the request ten sends ago a minute old?"
 *
 * Sends at nearly the same time share an entry, so memory is bounded however many there are: times are rounded up to a
 * grain, which errs on the side of waiting slightly longer. Every key has such a log, so it grows in small steps, and
 * amounts are stored only if one of them isn't 1.
 *
 * Every key has one of these. Its private methods are private in TypeScript only: a `#` method would cost each
 * instance eight bytes.
 * @module
 */
import type { PeerUse, TimedAmount } from "../peers/peer-use";

const FIRST_ENTRIES = 4;

export class SendLog {
  /** The least number of units that `keepLast` keeps, for other readers of this log. */
  least = 0;
  /** What other isolates sent of the same quota; null if none has reported. */
  peers: PeerUse | null = null;
  /** A ring buffer. */
  #times: number[] = [];
  /** Parallel to the times; null while all are 1. */
  #amounts: number[] | null = null;
  /** Index of the oldest entry. */
  #head = 0;
  #size = 0;
  #total = 0;

  /** The sum of all logged amounts. */
  get total(): number {
    return this.#total;
  }

  /** @returns The time of its entry, for `refund`. */
  add(nowMs: number, amount: number, grainMs: number): number {
    const timeMs = Math.ceil(nowMs / grainMs) * grainMs;
    this.#total += amount;
    const lastMs = this.#size > 0 ? this.timeAt(this.#size - 1) : Number.NEGATIVE_INFINITY;
    if (lastMs >= timeMs) {
      this.setAmount(this.#size - 1, this.amountAt(this.#size - 1) + amount);
      return lastMs;
    }
    if (this.#size === this.#times.length) this.grow();
    this.#size += 1;
    this.#times[this.slotOf(this.#size - 1)] = timeMs;
    this.setAmount(this.#size - 1, amount);
    return timeMs;
  }

  /**
   * Removes an amount from the entry to which it was added. Does nothing if that entry was dropped: later entries must
   * not pay for it.
   * @param entryMs As returned by `add`.
   */
  refund(entryMs: number, amount: number): void {
    let low = 0;
    let high = this.#size - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timeAt(middle) < entryMs) low = middle + 1;
      else high = middle;
    }
    if (this.#size === 0 || this.timeAt(low) !== entryMs) return;
    const here = this.amountAt(low);
    const refunded = Math.min(here, amount);
    this.setAmount(low, here - refunded);
    this.#total -= refunded;
    while (this.#size > 0 && this.amountAt(this.#size - 1) === 0) this.#size -= 1;
  }

  /** Removes an amount from the latest sends, because it didn't count. */
  takeBack(amount: number): void {
    let left = Math.min(amount, this.#total);
    this.#total -= left;
    while (left > 0) {
      const here = this.amountAt(this.#size - 1);
      if (here > left) this.setAmount(this.#size - 1, here - left);
      else this.#size -= 1;
      left -= Math.min(here, left);
    }
  }

  /** When the `amount`-th most recent unit was sent; null if fewer are logged. */
  timeOfLast(amount: number): number | null {
    let beyond = this.#total - amount;
    if (beyond < 0) return null;
    for (let index = 0; index < this.#size; index += 1) {
      const here = this.amountAt(index);
      if (here > beyond) return this.timeAt(index);
      beyond -= here;
    }
    return null;
  }

  /** Drops all but the last `amount` units and those sent together with them. */
  keepLast(amount: number): void {
    const kept = Math.max(amount, this.least);
    while (this.#size > 0 && this.#total - this.amountAt(0) >= kept) this.dropOldest();
  }

  /** The amount sent after a time. */
  since(timeMs: number): number {
    let amount = 0;
    for (let index = this.#size - 1; index >= 0 && this.timeAt(index) > timeMs; index -= 1) {
      amount += this.amountAt(index);
    }
    return amount;
  }

  /** The sends after a time, oldest first. */
  after(timeMs: number): TimedAmount[] {
    const sends: TimedAmount[] = [];
    for (let index = 0; index < this.#size; index += 1) {
      const atMs = this.timeAt(index);
      if (atMs > timeMs) sends.push([atMs, this.amountAt(index)]);
    }
    return sends;
  }

  forgetBefore(timeMs: number): void {
    while (this.#size > 0 && this.timeAt(0) < timeMs) this.dropOldest();
  }

  private dropOldest(): void {
    this.#total -= this.amountAt(0);
    this.#head = this.slotOf(1);
    this.#size -= 1;
  }

  private grow(): void {
    const entries = Math.max(FIRST_ENTRIES, this.#size + 2, Math.ceil(this.#size * 1.25));
    const inOrder = (values: readonly number[]) => {
      const grown = new Array<number>(entries);
      for (let index = 0; index < this.#size; index += 1) {
        grown[index] = values[this.slotOf(index)] ?? 0;
      }
      return grown;
    };
    const [times, amounts] = [this.#times, this.#amounts];
    const grownAmounts = amounts === null ? null : inOrder(amounts);
    this.#times = inOrder(times);
    this.#amounts = grownAmounts;
    this.#head = 0;
  }

  private slotOf(index: number): number {
    const slot = this.#head + index;
    return slot < this.#times.length ? slot : slot - this.#times.length;
  }

  private timeAt(index: number): number {
    return this.#times[this.slotOf(index)] ?? 0;
  }

  private amountAt(index: number): number {
    return this.#amounts === null ? 1 : (this.#amounts[this.slotOf(index)] ?? 0);
  }

  private setAmount(index: number, amount: number): void {
    if (this.#amounts === null) {
      if (amount === 1) return;
      this.#amounts = new Array<number>(this.#times.length).fill(1);
    }
    this.#amounts[this.slotOf(index)] = amount;
  }
}
