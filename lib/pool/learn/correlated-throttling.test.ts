import { expect, test } from "vitest";
import { correlatedThrottling, type Trip } from "./correlated-throttling";

function trips(atMs: number, ...keyIds: string[]): Trip[] {
  return keyIds.map((keyId, index) => ({ keyId, model: "m", atMs: atMs + index * 100 }));
}

test("keys that are always rejected together are one group; one that joins occasionally isn't in it", () => {
  const events = [0, 60_000, 120_000, 180_000].flatMap((atMs) => [
    ...trips(atMs, "a", "b", "c"),
    ...trips(atMs + 30_000, "d"),
  ]);
  events.push(...trips(300_000, "a", "b", "c", "d"));
  expect(correlatedThrottling(events, 20)).toEqual([
    { keyIds: ["a", "b", "c"], together: 5, occasions: 5 },
  ]);
});

test("twice is chance, and the whole pool at once is load", () => {
  expect(correlatedThrottling([...trips(0, "a", "b"), ...trips(60_000, "a", "b")], 20)).toEqual([]);
  const all = Array.from({ length: 10 }, (_, index) => `k${index}`);
  const events = [0, 60_000, 120_000, 180_000].flatMap((atMs) => trips(atMs, ...all));
  expect(correlatedThrottling(events, 10)).toEqual([]);
});

test("one that was missing once is still of the group, and is counted as missing", () => {
  const events = Array.from({ length: 20 }, (_, minute) =>
    trips(minute * 60_000, "a", "b", ...(minute === 7 ? [] : ["c"])),
  ).flat();
  expect(correlatedThrottling(events, 20)).toEqual([
    { keyIds: ["a", "b", "c"], together: 19, occasions: 20 },
  ]);
});
