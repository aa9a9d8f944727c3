/**
 * What was sent lately, oldest first, so that "the request ten sends ago must be a minute old" can be asked.
 *
 * Sends of nearly the same moment share an entry, so that memory stays bounded however many there are:
 * times are rounded up to a grain, which errs on the side of waiting a little longer.
 * @module
 */
export class SendLog {
  /** Pairs of time and amount. */
  #entries: number[] = [];
  #head = 0;
  #total = 0;

  /** Everything that is remembered. */
  get total(): number {
    return this.#total;
  }

  add(nowMs: number, amount: number, grainMs: number): void {
    const timeMs = Math.ceil(nowMs / grainMs) * grainMs;
    this.#total += amount;
    const last = this.#entries.length - 2;
    const lastMs = last >= this.#head ? this.#entries[last] : undefined;
    if (lastMs !== undefined && lastMs >= timeMs) {
      this.#entries[last + 1] = (this.#entries[last + 1] ?? 0) + amount;
    } else {
      this.#entries.push(timeMs, amount);
    }
  }

  /** Takes back an amount of what was sent last: it did not count. */
  takeBack(amount: number): void {
    let left = Math.min(amount, this.#total);
    this.#total -= left;
    while (left > 0) {
      const last = this.#entries.length - 1;
      const here = this.#entries[last] ?? left;
      if (here > left) this.#entries[last] = here - left;
      else this.#entries.length -= 2;
      left -= Math.min(here, left);
    }
  }

  /** When the `amount`-th last unit was sent; null if fewer are remembered. */
  timeOfLast(amount: number): number | null {
    let beyond = this.#total - amount;
    if (beyond < 0) return null;
    for (let index = this.#head; index < this.#entries.length; index += 2) {
      const here = this.#entries[index + 1] ?? 0;
      if (here > beyond) return this.#entries[index] ?? null;
      beyond -= here;
    }
    return null;
  }

  /** Forgets all but the last `amount` units and what was sent together with them. */
  keepLast(amount: number): void {
    while (this.#head < this.#entries.length && this.#total - this.#headAmount() >= amount) {
      this.#dropHead();
    }
  }

  /** The amount sent after a moment. */
  since(timeMs: number): number {
    let amount = 0;
    for (let index = this.#entries.length - 2; index >= this.#head; index -= 2) {
      if ((this.#entries[index] ?? 0) <= timeMs) break;
      amount += this.#entries[index + 1] ?? 0;
    }
    return amount;
  }

  forgetBefore(timeMs: number): void {
    while (this.#head < this.#entries.length && (this.#entries[this.#head] ?? 0) < timeMs) {
      this.#dropHead();
    }
  }

  #headAmount(): number {
    return this.#entries[this.#head + 1] ?? 0;
  }

  #dropHead(): void {
    this.#total -= this.#headAmount();
    this.#head += 2;
    if (this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }
}
