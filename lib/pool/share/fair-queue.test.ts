import { describe, expect, test } from "vitest";
import type { Claim } from "../types";
import { FairQueue, type Waiter } from "./fair-queue";

const NOW = 1_000_000;

function claim(tokenId: string, weight = 1, priority = 0): Claim {
  return { tokenId, weight, priority };
}

/** Serves the first in line until none waits; returns the tokens in order. */
function serveAll(line: FairQueue, waiters: Waiter[]): string[] {
  const order: string[] = [];
  const left = new Set(waiters);
  while (left.size > 0) {
    const first = [...left].find((waiter) => line.ahead(waiter.claim, waiter, NOW) === 0);
    if (first === undefined) throw new Error("nobody is first");
    line.leave(first, true);
    left.delete(first);
    order.push(first.claim.tokenId);
  }
  return order;
}

function enter(line: FairQueue, who: Claim, count: number): Waiter[] {
  return Array.from({ length: count }, () => {
    const waiter = { claim: who, dueMs: NOW };
    line.enter(waiter);
    return waiter;
  });
}

describe("the order", () => {
  test("is first come, first served for one token", () => {
    const line = new FairQueue();
    const waiters = enter(line, claim("a"), 5);
    expect(waiters.map((waiter) => line.ahead(waiter.claim, waiter, NOW))).toEqual([0, 1, 2, 3, 4]);
  });

  test("lets a token that wants little pass one that wants much", () => {
    const line = new FairQueue();
    const busy = enter(line, claim("busy"), 20);
    const rare = enter(line, claim("rare"), 2);
    const order = serveAll(line, [...busy, ...rare]);
    expect(order.indexOf("rare")).toBeLessThanOrEqual(1);
    expect(order.lastIndexOf("rare")).toBeLessThanOrEqual(3);
  });

  test("follows the weights", () => {
    const line = new FairQueue();
    const all = [...enter(line, claim("ten", 10), 100), ...enter(line, claim("one", 1), 100)];
    const firstHalf = serveAll(line, all).slice(0, 110);
    expect(firstHalf.filter((token) => token === "one")).toHaveLength(10);
  });

  test("serves the urgent class before the other", () => {
    const line = new FairQueue();
    const all = [...enter(line, claim("batch", 1, 1), 3), ...enter(line, claim("chat", 1, 0), 3)];
    expect(serveAll(line, all)).toEqual(["chat", "chat", "chat", "batch", "batch", "batch"]);
  });

  test("ranks every isolate differently, at every isolate", () => {
    const line = new FairQueue();
    const all = ["a", "b", "c"].flatMap((token, index) => enter(line, claim(token, index + 1), 4));
    const ranks = all.map((waiter) => line.ahead(waiter.claim, waiter, NOW));
    expect(ranks.toSorted((a, b) => a - b)).toEqual(all.map((_, index) => index));
  });
});

test("leaving unserved costs the token nothing", () => {
  const line = new FairQueue();
  for (const waiter of enter(line, claim("a"), 50)) line.leave(waiter, false);
  const [a] = enter(line, claim("a"), 1);
  enter(line, claim("b"), 5);
  expect(a && line.ahead(a.claim, a, NOW)).toBe(0);
});

test("a waiter that doesn't return when it said it would is forgotten", () => {
  const line = new FairQueue();
  enter(line, claim("gone"), 3);
  const [here] = enter(line, claim("gone"), 1);
  if (here === undefined) throw new Error("nobody entered");
  here.dueMs = NOW + 5_000;
  expect(line.ahead(here.claim, here, NOW + 1_000)).toBe(3);
  expect(line.ahead(here.claim, here, NOW + 3_000)).toBe(0);
  expect(line.size).toBe(1);
});

describe("groups", () => {
  const inGroup = (id: string, tokenId: string, weight = 1): Claim => ({
    ...claim(tokenId),
    group: { id, weight },
  });
  const groupsOf = (order: readonly string[]) => order.map((id) => id.split(" ")[0]);

  test("come by their weights, however many tokens they have", () => {
    const line = new FairQueue();
    const many = [1, 2, 3, 4].flatMap((number) => enter(line, inGroup("a", `a ${number}`), 10));
    const one = enter(line, inGroup("b", "b 1", 3), 30);
    const alone = enter(line, claim("c"), 10);
    const first = groupsOf(serveAll(line, [...many, ...one, ...alone])).slice(0, 20);
    const counts = ["a", "b", "c"].map((id) => first.filter((each) => each === id).length);
    expect(counts).toEqual([4, 12, 4]);
    expect(line.size).toBe(0);
  });

  test("share their turns among their tokens", () => {
    const line = new FairQueue();
    const busy = enter(line, inGroup("a", "a busy"), 20);
    const rare = enter(line, inGroup("a", "a rare"), 2);
    const others = enter(line, claim("c"), 20);
    const order = serveAll(line, [...busy, ...rare, ...others]).filter((id) => id !== "c");
    expect(order.lastIndexOf("a rare")).toBeLessThanOrEqual(3);
  });
});
