import { afterEach, describe, expect, test } from "vitest";
import { type HeldMemory, holdMemory } from "../../lib/proxy/request/held-memory.ts";
import { SeededRandom } from "../../scripts/demo/seeded-random.ts";

const MEBIBYTE = 1024 * 1024;
const LONGEST = 32 * MEBIBYTE + 1;
const held: HeldMemory[] = [];

afterEach(() => {
  for (const memory of held.splice(0)) memory.release();
});

/** Whether there was room. */
function hold(bytes: number, callerId: string): boolean {
  try {
    held.push(holdMemory(bytes, callerId));
    return true;
  } catch {
    return false;
  }
}

describe("memory for long bodies", () => {
  test("one caller has the longest body there is, and no more", () => {
    expect(hold(LONGEST, "greedy")).toBe(true);
    expect(hold(1, "greedy")).toBe(false);
  });

  test("however much one caller asks for, another's body of 15 MiB is read", () => {
    while (hold(9 * MEBIBYTE, "greedy"));
    expect(hold(15 * MEBIBYTE, "other")).toBe(true);
  });

  test("what is given back may be had again, once", () => {
    const memory = holdMemory(LONGEST, "one");
    memory.shrink(MEBIBYTE);
    expect(hold(31 * MEBIBYTE, "one")).toBe(true);
    memory.release();
    memory.release();
    memory.shrink(5);
    expect(hold(MEBIBYTE, "one")).toBe(true);
    expect(hold(MEBIBYTE, "one")).toBe(false);
  });

  test("random holds stay within both bounds, and leave nothing behind", () => {
    const seed = Math.floor(Math.random() * 1e9);
    const random = new SeededRandom(seed);
    const living: { memory: HeldMemory; caller: string; bytes: number }[] = [];
    const sum = (caller?: string) =>
      living
        .filter((each) => caller === undefined || each.caller === caller)
        .reduce((total, { bytes }) => total + bytes, 0);
    for (let step = 0; step < 5_000; step += 1) {
      const caller = `at_${random.between(1, 4)}`;
      const bytes = random.between(1, 20) * MEBIBYTE;
      const last = living.at(random.between(0, Math.max(0, living.length - 1)));
      if (last !== undefined && random.chance(0.5)) {
        last.memory.release();
        living.splice(living.indexOf(last), 1);
        continue;
      }
      const fits = sum() + bytes <= 48 * MEBIBYTE && sum(caller) + bytes <= LONGEST;
      try {
        living.push({ memory: holdMemory(bytes, caller), caller, bytes });
        expect(fits, `seed ${seed}, step ${step}`).toBe(true);
      } catch (error) {
        if (fits) throw error;
      }
    }
    for (const { memory } of living) memory.release();
    expect(hold(LONGEST, "after")).toBe(true);
  });
});
