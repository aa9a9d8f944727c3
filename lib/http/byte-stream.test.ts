import { expect, test } from "vitest";
import { piecesOf, streamOf } from "./byte-stream";

async function* counting(seen: number[]) {
  try {
    for (let index = 0; index < 5; index++) {
      seen.push(index);
      yield new Uint8Array([index]);
    }
  } finally {
    seen.push(-1);
  }
}

test("what goes into a stream comes out of it, in order", async () => {
  const pieces = await Array.fromAsync(piecesOf(streamOf(counting([]))));
  expect(pieces.map(([byte]) => byte)).toEqual([0, 1, 2, 3, 4]);
});

test("a reader that stops half-way ends what it read from", async () => {
  const seen: number[] = [];
  for await (const [byte] of piecesOf(streamOf(counting(seen)))) if (byte === 1) break;
  expect(seen.at(-1)).toBe(-1);
  expect(seen).not.toContain(4);
});

test("a fault of the source is the reader's", async () => {
  async function* broken() {
    yield new Uint8Array([1]);
    throw new Error("gone");
  }
  await expect(Array.fromAsync(piecesOf(streamOf(broken())))).rejects.toThrow("gone");
});
