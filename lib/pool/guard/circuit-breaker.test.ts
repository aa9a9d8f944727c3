import { expect, test } from "vitest";
import { ALIKE, CircuitBreaker } from "./circuit-breaker";

const NOW = 1_000_000;
const last = () => true;

function refuse(breaker: CircuitBreaker, tokens: readonly string[], nowMs = NOW): void {
  for (let key = 0; key < ALIKE; key += 1) {
    const token = tokens[key % tokens.length] ?? "";
    breaker.refused(`k${key}`, "bad-key", token, last, nowMs);
  }
}

test("opens when several callers get the same rejection at every key, and lets one probe per second through", () => {
  const breaker = new CircuitBreaker();
  refuse(breaker, ["at_1", "at_2"]);
  expect(breaker.incident).toMatchObject({ signature: "bad-key", sinceMs: NOW });
  expect(breaker.incident?.keyIds).toHaveLength(ALIKE);
  expect(breaker.mayTry("at_1", NOW + 500)).toBe(false);
  expect(breaker.mayTry("at_1", NOW + 1_000)).toBe(true);
  expect(breaker.mayTry("at_2", NOW + 1_100)).toBe(false);
  expect(breaker.answered()).toBe(true);
  expect(breaker.incident).toBeNull();
  expect(breaker.mayTry("at_2", NOW + 1_200)).toBe(true);
});

test("one caller's own rejections are an incident only after a while without any answer", () => {
  const breaker = new CircuitBreaker();
  refuse(breaker, ["at_1"]);
  expect(breaker.incident).toBeNull();
  refuse(breaker, ["at_1"], NOW + 3_000);
  expect(breaker.incident).not.toBeNull();
  // A caller that hasn't been rejected yet is not held back.
  expect(breaker.mayTry("at_9", NOW + 3_001)).toBe(true);
  expect(breaker.mayTry("at_1", NOW + 3_001)).toBe(false);
});

test("stays closed while keys are left, an answer comes between, or rejections differ", () => {
  const breaker = new CircuitBreaker();
  for (let key = 0; key < 20; key += 1) {
    breaker.refused(`k${key}`, "bad-key", `at_${key}`, () => false, NOW);
  }
  expect(breaker.incident).toBeNull();
  for (let key = 0; key < 20; key += 1) {
    breaker.refused(`k${key}`, "bad-key", `at_${key}`, last, NOW);
    breaker.answered();
  }
  expect(breaker.incident).toBeNull();
  for (let key = 0; key < 20; key += 1) {
    breaker.refused(`k${key}`, `rule ${key}`, `at_${key}`, last, NOW);
  }
  expect(breaker.incident).toBeNull();
});
