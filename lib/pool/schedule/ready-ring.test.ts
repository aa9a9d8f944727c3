import fc from "fast-check";
import { expect, test } from "vitest";
import { ReadyRing } from "./ready-ring";
import { WakeHeap } from "./wake-heap";

interface Item {
  readonly name: number;
  place: number;
}

test("a ring does what a list does, whatever is put in, taken out and moved to another", () => {
  const step = fc.record({
    kind: fc.constantFrom("push", "unshift", "shift", "remove", "move"),
    item: fc.nat({ max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const items = Array.from({ length: 6 }, (_, name): Item => ({ name, place: 0 }));
      const [ring, other] = [new ReadyRing<Item>(), new ReadyRing<Item>()];
      let list: Item[] = [];
      const elsewhere = new Set<Item>();
      for (const { kind, item: index } of steps) {
        const item = items[index];
        if (item === undefined) continue;
        const isHere = list.includes(item);
        if (kind === "shift") expect(ring.shift()).toBe(list.shift());
        else if (kind === "remove" && isHere) {
          ring.remove(item);
          list = list.filter((each) => each !== item);
        } else if (kind === "move" && isHere) {
          ring.remove(item);
          list = list.filter((each) => each !== item);
          other.push(item);
          elsewhere.add(item);
        } else if (kind !== "remove" && kind !== "move" && !isHere) {
          if (elsewhere.delete(item)) other.remove(item);
          if (kind === "push") {
            ring.push(item);
            list.push(item);
          } else {
            ring.unshift(item);
            list.unshift(item);
          }
        }
        expect([...ring.items()]).toEqual(list);
        expect(ring.size).toBe(list.length);
        expect(ring.peek()).toBe(list[0]);
      }
    }),
    { numRuns: 500 },
  );
});

test("a heap wakes the earliest first, and visits all that wake until a moment", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 50 })), fc.nat({ max: 50 }), (times, untilMs) => {
      const heap = new WakeHeap<number>();
      for (const [index, wakeMs] of times.entries()) heap.push(index, wakeMs);
      const visited: number[] = [];
      heap.visitUntil(untilMs, ({ wakeMs }) => visited.push(wakeMs) > 0);
      expect(visited.toSorted((a, b) => a - b)).toEqual(
        times.filter((wakeMs) => wakeMs <= untilMs).toSorted((a, b) => a - b),
      );
      const woken: number[] = [];
      for (let next = heap.pop(); next !== undefined; next = heap.pop()) woken.push(next.wakeMs);
      expect(woken).toEqual(times.toSorted((a, b) => a - b));
    }),
    { numRuns: 300 },
  );
});
