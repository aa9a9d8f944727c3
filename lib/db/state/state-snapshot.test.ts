/** What comes back from a cache that anyone may have changed, and for how long. */
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { StateChanges } from "./read-state";
import { SNAPSHOT_LIFE_MS, type SnapshotCache, StateSnapshot } from "./state-snapshot";

const SECRET = "a secret for tests";
const AT_MS = Date.UTC(2026, 10, 30);

beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => undefined));
afterEach(() => vi.restoreAllMocks());

/** A state of so many tokens, and nothing else. */
const stateOf = (version: number, tokens = 1): StateChanges => ({
  ...{ version, since: null, keys: [], cooldowns: [], memberLimits: [], groups: [] },
  ...{ customProviders: [], modelAliases: [], quotaLimits: [], settings: [] },
  ...{ deletedKeyIds: [], deletedGroups: [], deletedProviders: [], deletedAliases: [] },
  // Only their number counts here.
  tokens: new Array(tokens).fill({ id: "at_1" }),
});

class MemoryCache implements SnapshotCache {
  readonly kept = new Map<string, Uint8Array<ArrayBuffer>>();

  async match(url: string) {
    const bytes = this.kept.get(url);
    return bytes && new Response(bytes);
  }
  async put(url: string, response: Response) {
    this.kept.set(url, new Uint8Array(await response.arrayBuffer()));
  }
  change(edit: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>) {
    for (const [url, bytes] of this.kept) this.kept.set(url, edit(bytes));
  }
}

async function keep(cache: SnapshotCache, state: StateChanges, atMs = AT_MS, deployment = "one") {
  const snapshot = new StateSnapshot(cache, SECRET, deployment);
  snapshot.note(state, atMs);
  await snapshot.keepIfDue();
  await snapshot.keepIfDue();
}

const recall = (cache: SnapshotCache, nowMs = AT_MS, deployment = "one", secret = SECRET) =>
  new StateSnapshot(cache, secret, deployment).recall(nowMs);

test("a deployment finds its own alone, under its own secret", async () => {
  const cache = new MemoryCache();
  await keep(cache, stateOf(1), AT_MS, "one");
  await keep(cache, stateOf(2), AT_MS, "two");
  expect((await recall(cache))?.version).toBe(1);
  expect((await recall(cache, AT_MS, "two"))?.version).toBe(2);
  expect(await recall(cache, AT_MS, "three")).toBeNull();
  expect(await recall(cache, AT_MS, "one", "another secret")).toBeNull();
});

test("put where another deployment with the same secret looks, it is not read", async () => {
  const cache = new MemoryCache();
  await keep(cache, stateOf(1), AT_MS, "one");
  const [own = new Uint8Array()] = cache.kept.values();
  const swapped: SnapshotCache = {
    match: async () => new Response(own),
    put: async () => undefined,
  };
  expect(await recall(swapped, AT_MS, "two")).toBeNull();
  expect(await recall(swapped, AT_MS, "one", "another secret")).toBeNull();
  expect((await recall(swapped, AT_MS, "one"))?.version).toBe(1);
});

test("changed, cut off or lengthened, it is no snapshot", async () => {
  const cache = new MemoryCache();
  await keep(cache, stateOf(1));
  const [[url, good] = ["", new Uint8Array()]] = cache.kept;
  const edits = fc.oneof(
    fc.tuple(fc.nat({ max: good.length - 1 }), fc.integer({ min: 1, max: 255 })).map(
      ([at, by]) =>
        (bytes: Uint8Array<ArrayBuffer>) =>
          bytes.with(at, (bytes[at] ?? 0) ^ by),
    ),
    fc
      .nat({ max: good.length - 1 })
      .map((length) => (bytes: Uint8Array<ArrayBuffer>) => bytes.slice(0, length)),
    fc
      .uint8Array({ minLength: 1, maxLength: 40 })
      .map((more) => (bytes: Uint8Array<ArrayBuffer>) => new Uint8Array([...bytes, ...more])),
    fc.uint8Array({ maxLength: 100 }).map((other) => () => new Uint8Array(other)),
  );
  await fc.assert(
    fc.asyncProperty(edits, async (edit) => {
      cache.kept.set(url, good);
      cache.change(edit);
      expect(await recall(cache)).toBeNull();
    }),
    { numRuns: 300 },
  );
});

test("it is served for ten minutes after its read of D1, whenever it was kept, and not before", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: -3_600_000, max: 3_600_000 }), async (ageMs) => {
      const cache = new MemoryCache();
      await keep(cache, stateOf(1), AT_MS);
      const isServed = (await recall(cache, AT_MS + ageMs)) !== null;
      // Clocks differ by some seconds; a time far ahead says nothing about its age.
      expect(isServed).toBe(ageMs <= SNAPSHOT_LIFE_MS && ageMs >= -60_000);
    }),
    { numRuns: 200 },
  );
});

test("a state of more rows, or a longer text, than an invocation can encrypt is not kept", async () => {
  const cache = new MemoryCache();
  await keep(cache, stateOf(1, 2_001));
  expect(cache.kept.size).toBe(0);
  await keep(cache, { ...stateOf(1), settings: [{ name: "x", value: "y".repeat(600_000) }] });
  expect(cache.kept.size).toBe(0);
  await keep(cache, stateOf(1, 2_000));
  expect(cache.kept.size).toBe(1);
});
