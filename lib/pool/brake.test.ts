import { expect, test } from "vitest";
import { ALIKE, Brake } from "./brake";

const NOW = 1_000_000;

function failing(brake: Brake<string>, count: number, signature = "bad-key", nowMs = NOW) {
  return Array.from({ length: count }, (_, index) =>
    brake.failed(`k${index}`, signature, `change ${index}`, nowMs + index),
  );
}

test("many keys that fail alike begin an incident, and what was done to them is taken back", () => {
  const brake = new Brake<string>();
  const outcomes = failing(brake, ALIKE);
  expect(outcomes.slice(0, -1)).toEqual(Array(ALIKE - 1).fill("wait"));
  expect(outcomes.at(-1)).toEqual(Array.from({ length: ALIKE }, (_, index) => `change ${index}`));
  expect(brake.incident).toMatchObject({ signature: "bad-key", sinceMs: NOW + ALIKE - 1 });
  expect(brake.failed("k9", "bad-key", "change 9", NOW + 20)).toBe("ignore");
});

test("a trickle goes on, and a success ends it", () => {
  const brake = new Brake<string>();
  expect(brake.mayTry(NOW)).toBe(true);
  failing(brake, ALIKE);
  expect(brake.mayTry(NOW + 500)).toBe(false);
  expect(brake.mayTry(NOW + 1_100)).toBe(true);
  expect(brake.mayTry(NOW + 1_200)).toBe(false);
  expect(brake.succeeded()).toEqual([]);
  expect(brake.incident).toBeNull();
  expect(brake.mayTry(NOW + 1_300)).toBe(true);
});

test("a success between shows that each key has itself to blame", () => {
  const brake = new Brake<string>();
  failing(brake, ALIKE - 1);
  expect(brake.succeeded()).toHaveLength(ALIKE - 1);
  failing(brake, ALIKE - 1);
  expect(brake.incident).toBeNull();
});

test("different failures, one key's failures, and failures far apart are no incident", () => {
  const brake = new Brake<string>();
  for (let index = 0; index < 20; index += 1) {
    brake.failed(`k${index}`, `rule ${index}`, "", NOW);
    brake.failed("always the same", "bad-key", "", NOW);
    brake.failed(`slow ${index}`, "slow", "", NOW + index * 5_000);
  }
  expect(brake.incident).toBeNull();
});

test("what nobody called into question is settled after a while, once", () => {
  const brake = new Brake<string>();
  brake.failed("k", "bad-key", "change", NOW);
  expect(brake.settled(NOW + 9_000)).toEqual([]);
  expect(brake.settled(NOW + 10_000)).toEqual(["change"]);
  expect(brake.settled(NOW + 11_000)).toEqual([]);
});
