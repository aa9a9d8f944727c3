/** Knows when a JSON object that arrives in pieces is whole, in time proportional to its length. */
export class JsonEnd {
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  #isBegun = false;
  /** The most levels that were open at once. */
  deepest = 0;

  push(piece: string): void {
    for (let at = 0; at < piece.length; at += 1) this.#take(piece.charCodeAt(at));
  }

  get isWhole(): boolean {
    return this.#isBegun && this.#depth === 0;
  }

  #take(code: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (this.#isInText) {
      if (code === BACKSLASH) this.#isEscaped = true;
      else if (code === QUOTE) this.#isInText = false;
    } else if (code === QUOTE) this.#isInText = true;
    else if (code === OPEN || code === OPEN_LIST) {
      this.#isBegun = true;
      this.#depth += 1;
      if (this.#depth > this.deepest) this.deepest = this.#depth;
    } else if (code === CLOSE || code === CLOSE_LIST) this.#depth -= 1;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
