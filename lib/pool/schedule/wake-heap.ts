/**
 * Items by the time their cooldown ends, earliest first (a binary min-heap).
 * @module
 */
export interface Sleeper<Item> {
  readonly item: Item;
  readonly wakeMs: number;
}

export class WakeHeap<Item> {
  readonly #heap: Sleeper<Item>[] = [];

  get size(): number {
    return this.#heap.length;
  }

  peek(): Sleeper<Item> | undefined {
    return this.#heap[0];
  }

  /** Visits those that end by a time, in no particular order, until `visit` returns false. */
  visitUntil(untilMs: number, visit: (sleeper: Sleeper<Item>) => boolean): void {
    const heap = this.#heap;
    const indices = [0];
    for (let index = indices.pop(); index !== undefined; index = indices.pop()) {
      const sleeper = heap[index];
      if (sleeper === undefined || sleeper.wakeMs > untilMs) continue;
      if (!visit(sleeper)) return;
      indices.push(index * 2 + 1, index * 2 + 2);
    }
  }

  push(item: Item, wakeMs: number): void {
    const heap = this.#heap;
    const sleeper = { item, wakeMs };
    let index = heap.length;
    heap.push(sleeper);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || parent.wakeMs <= wakeMs) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = sleeper;
  }

  pop(): Sleeper<Item> | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let childIndex = index * 2 + 1;
      let child = heap[childIndex];
      if (child === undefined) break;
      const right = heap[childIndex + 1];
      if (right !== undefined && right.wakeMs < child.wakeMs) {
        childIndex += 1;
        child = right;
      }
      if (child.wakeMs >= last.wakeMs) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
    return first;
  }
}
