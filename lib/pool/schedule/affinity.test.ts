import { expect, test } from "vitest";
import { Affinity, hashText, rendezvous } from "./affinity";

function ringOf(count: number, load = 0) {
  return Array.from({ length: count }, (_, index) => ({
    id: `k${index}`,
    hash: hashText(`k${index}`),
    load,
  })).sort((a, b) => a.hash - b.hash);
}

const names = Array.from({ length: 1000 }, (_, index) => `conversation ${index}`);

test.each([10, 100, 1000])(
  "of %i keys, a key that goes takes only its own conversations along",
  (count) => {
    const ring = ringOf(count);
    const without = ring.slice(1);
    const moved = names.filter((name) => {
      const before = rendezvous(name, ring, 0);
      return before !== ring[0] && before !== rendezvous(name, without, 0);
    });
    expect(moved.length).toBeLessThan(names.length / 50);
  },
);

test("conversations spread over the keys", () => {
  const counts = new Map<string, number>();
  for (const name of names) {
    const { id } = rendezvous(name, ringOf(10), 0) ?? { id: "" };
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  expect(counts.size).toBe(10);
  for (const count of counts.values()) expect(count).toBeGreaterThan(60);
});

test("a key that served more than its share gets no new ones", () => {
  const ring = ringOf(3).map((item) => ({ ...item, load: item.id === "k1" ? 10 : 4 }));
  for (const name of names) expect(rendezvous(name, ring, 6)?.id).not.toBe("k1");
  expect(rendezvous("any", ring, 1)).toBeNull();
});

test("memory is bounded; the conversation silent for longest goes first", () => {
  const affinity = new Affinity();
  affinity.note("first", "k1");
  for (let index = 0; index < 50_000; index += 1) affinity.note(`other ${index}`, "k2");
  expect(affinity.keyOf("first")).toBeNull();
  expect(affinity.keyOf("other 49999")).toBe("k2");
});
