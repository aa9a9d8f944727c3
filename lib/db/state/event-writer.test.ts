import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { StateEvent } from "../../proxy/ports";
import { EventWriter } from "./event-writer";

const HOUR_MS = 3_600_000;

const event = (name: string): StateEvent => ({ kind: "key-used", keyId: name, atMs: 1 });
const names = (events: readonly StateEvent[]) =>
  events.flatMap((each) => (each.kind === "key-used" ? [each.keyId] : []));

/** mulberry32: numbers in [0, 1), the same for the same seed. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const between = (random: () => number, from: number, to: number) =>
  from + Math.floor(random() * (to - from + 1));

/** A store that rejects every flush containing one of `poison`, and all flushes while it is down. */
class Store {
  readonly written: string[] = [];
  readonly flushes: number[] = [];
  isDown = false;
  readonly #poison: ReadonlySet<string>;

  constructor(poison: readonly string[]) {
    this.#poison = new Set(poison);
  }

  write = async (events: readonly StateEvent[]): Promise<void> => {
    this.flushes.push(events.length);
    const refused = names(events).some((name) => this.#poison.has(name));
    if (this.isDown || refused) throw new Error(this.isDown ? "down" : "constraint");
    this.written.push(...names(events));
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** One request per second, each of which starts the writing if it is due. */
async function serve(writer: EventWriter, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    if (writer.isDue()) void writer.flush();
    await vi.advanceTimersByTimeAsync(1_000);
  }
}

describe("events that the store rejects", () => {
  test.each([1, 2, 3, 4, 5, 6])(
    "are dropped alone and counted, all others are written: seed %i",
    async (seed) => {
      const random = seededRandom(seed);
      const all = Array.from({ length: between(random, 2, 900) }, (_, index) => `key-${index}`);
      const poison = [
        ...new Set(
          Array.from(
            { length: between(random, 1, 3) },
            () => all[between(random, 0, all.length - 1)] ?? "",
          ),
        ),
      ];
      const store = new Store(poison);
      const writer = new EventWriter({ write: store.write, nowMs: Date.now });
      for (const name of all) writer.add(event(name));
      // Later events are written too, which shows that the store accepts valid ones.
      for (let later = 0; later < 20; later += 1) {
        writer.add(event(`later-${later}`));
        await serve(writer, 10);
      }
      await serve(writer, 200);
      expect(writer.takeLost()).toBe(poison.length);
      expect(writer.isDue()).toBe(false);
      const sound = all.filter((name) => !poison.includes(name));
      expect(new Set(store.written)).toEqual(
        new Set([...sound, ...Array.from({ length: 20 }, (_, later) => `later-${later}`)]),
      );
    },
  );

  test("delay later ones for seconds, not forever", async () => {
    const store = new Store(["poison"]);
    const writer = new EventWriter({ write: store.write, nowMs: Date.now });
    writer.add(event("poison"));
    await serve(writer, 60);
    writer.add(event("a block"));
    await serve(writer, 35);
    expect(store.written).toContain("a block");
  });

  test("a store that is down for an hour loses nothing, and drops no one for it", async () => {
    const store = new Store([]);
    const writer = new EventWriter({ write: store.write, nowMs: Date.now });
    store.isDown = true;
    for (let index = 0; index < 50; index += 1) writer.add(event(`key-${index}`));
    await serve(writer, 3_600);
    store.isDown = false;
    await serve(writer, 120);
    expect(store.written).toHaveLength(50);
    expect(writer.takeLost()).toBe(0);
  });

  test("beyond what memory is kept for, the oldest are lost and counted", async () => {
    const store = new Store([]);
    const writer = new EventWriter({ write: store.write, nowMs: Date.now });
    for (let index = 0; index < 20_050; index += 1) writer.add(event(`key-${index}`));
    expect(writer.takeLost()).toBe(50);
    expect(writer.takeLost()).toBe(0);
  });
});

test("texts, numbers and lists are bounded before they are written", async () => {
  const flushed: StateEvent[] = [];
  const writer = new EventWriter({
    write: async (events) => {
      flushed.push(...events);
    },
    nowMs: Date.now,
  });
  const evidence = {
    meaning: "rate_limit_minute",
    rule: "test",
    status: Number.NaN,
    words: `a\0b\ud800${"w".repeat(5_000)}`,
    requestId: "req",
    model: "m".repeat(3_000_000),
    atMs: 1,
  } as const;
  writer.add({
    kind: "key-cooled",
    keyId: "pk",
    model: "m",
    untilMs: Number.POSITIVE_INFINITY,
    evidence,
  });
  await writer.flush();
  expect(flushed).toMatchObject([
    {
      untilMs: Number.MAX_SAFE_INTEGER,
      evidence: {
        status: 0,
        model: "m".repeat(1_000),
        words: expect.stringMatching(/^ab\ufffdw+$/),
      },
    },
  ]);
  // Serializing to JSON must not change it.
  expect(JSON.parse(JSON.stringify(flushed))).toEqual(flushed);
});

test("a clock that is set back an hour stops no writes", async () => {
  const { steadyClock } = await import("./steady-clock");
  const store = new Store([]);
  let behindMs = 0;
  const writer = new EventWriter({
    write: store.write,
    nowMs: steadyClock(() => Date.now() - behindMs),
  });
  writer.add(event("before"));
  await serve(writer, 2);
  behindMs = HOUR_MS;
  for (let index = 0; index < 5; index += 1) {
    writer.add(event(`after-${index}`));
    await serve(writer, 2);
  }
  expect(store.written).toHaveLength(6);
});
