import { expect, test } from "vitest";
import { KeyTrouble } from "../guard/key-trouble";
import type { PoolKey } from "../types";
import { latestTurnMs, soonestTurnMs } from "./forecast";
import { groupsOf, type PoolEntry } from "./group";
import { ModelScheduler } from "./model-scheduler";

const NOW = 1_700_000_000_000;
const NONE: ReadonlySet<string> = new Set();

function entryOf(id: string, lastPick: number): PoolEntry {
  const key: PoolKey = {
    ...{ id, provider: "openai", sealed: "", masked: "", status: "active", weight: 1 },
    ...{ priority: 0, quotaDomain: null, models: null, limits: null, cooldowns: new Map() },
  };
  return { key, presence: "present", trouble: null, caps: null, lastPick };
}

function schedulerOf(...ids: readonly string[]) {
  const entries = ids.map((id, index) => entryOf(id, index));
  let answeredMs = NOW;
  const scheduler = new ModelScheduler("m", groupsOf(entries, "m"), NOW, () => answeredMs);
  const group = (id: string) => {
    const found = scheduler.groups.find((each) => each.id === id);
    if (found === undefined) throw new Error(id);
    return found;
  };
  return {
    scheduler,
    group,
    answered: (atMs: number) => {
      answeredMs = atMs;
    },
    trouble: (id: string): KeyTrouble => {
      const trouble = new KeyTrouble();
      for (const entry of entries) if (entry.key.id === id) entry.trouble = trouble;
      return trouble;
    },
    picks: (count: number, nowMs = NOW) =>
      Array.from({ length: count }, () => scheduler.pick(1, nowMs, NONE)?.entry.key.id).join(""),
  };
}

test("a group that served out of turn is skipped for as many turns, and no more", () => {
  const { scheduler, group, picks } = schedulerOf("a", "b", "c");
  expect(picks(3)).toBe("abc");
  for (let turn = 0; turn < 2; turn += 1) scheduler.pickFrom(group("a"), null, 1, NOW, NONE);
  expect(picks(9)).toBe("bcbcabcab");
});

test("a group in trouble comes last from then on, and is no ready group any more", () => {
  const { scheduler, group, trouble, picks } = schedulerOf("a", "b");
  trouble("a").wasSilent(NOW);
  scheduler.demote(group("a"), NOW);
  expect(scheduler.readyGroups).toBe(1);
  expect(picks(3)).toBe("bbb");
  expect(scheduler.pickReserve(1, NOW, NONE)?.entry.key.id).toBe("a");
  expect(scheduler.pickReserve(1, NOW, new Set(["a"]))).toBeNull();
});

test("it is tried first once its time has come, if others have answered since", () => {
  const { scheduler, group, trouble, picks, answered } = schedulerOf("a", "b", "c");
  const asideMs = () => group("b").asideUntilMs("m", NOW);
  trouble("b").wasSilent(NOW);
  scheduler.demote(group("b"), NOW);
  const untilMs = asideMs();
  expect(untilMs).toBeGreaterThan(NOW);
  answered(NOW - 1);
  expect(picks(2, untilMs)).toBe("ac");
  answered(untilMs);
  expect(picks(3, untilMs + 5_000)).toBe("bac");
});

test("slots until a moment are those of ready groups and of those that wake by then", () => {
  const { scheduler, picks } = schedulerOf("a", "b", "c");
  for (const { entries } of scheduler.groups.slice(0, 2)) {
    for (const { key } of entries) {
      key.cooldowns = new Map([["m", { untilMs: NOW + 1_000, reason: "rate_limit_minute" }]]);
    }
  }
  expect(picks(1)).toBe("c");
  expect(scheduler.slotsUntil(NOW + 999, 10, NOW)).toBe(1);
  expect(scheduler.slotsUntil(NOW + 1_000, 10, NOW)).toBe(3);
  expect(scheduler.latestTurnMs(0, NOW, NOW)).toBe(NOW);
  expect(scheduler.latestTurnMs(2, NOW, NOW)).toBeGreaterThanOrEqual(NOW + 1_000);
  expect(scheduler.prospect(1, false, NOW)).toEqual({ kind: "ready" });
});

test("a request with two before it hopes for the third slot", () => {
  const slots = (untilMs: number) => (untilMs < NOW + 40 ? 1 : untilMs < NOW + 160 ? 2 : 3);
  expect(latestTurnMs(slots, 2, NOW)).toBe(NOW + 160);
  expect(soonestTurnMs(slots, 2, NOW, NOW + 1_000), "those in front come at once").toBe(NOW);
});

test("those further behind ask again when the slots before theirs may be gone, and within a second", () => {
  const everyTenMs = (untilMs: number) => 1 + Math.floor((untilMs - NOW) / 10);
  const soonest = (ahead: number) => soonestTurnMs(everyTenMs, ahead, NOW, NOW + 1_000);
  for (const ahead of [10, 20, 40, 80]) {
    expect(soonest(ahead), `${ahead} before it`).toBeGreaterThan(NOW);
    expect(soonest(ahead), `${ahead} before it`).toBeLessThanOrEqual(NOW + 10 * ahead);
  }
  expect(soonest(10_000)).toBeLessThanOrEqual(NOW + 1_000);
});

test("if the allowed rate is unknown, it is when all keys are available, not in hours", () => {
  const threeKeys = (untilMs: number) => (untilMs < NOW + 4_000 ? 0 : 3);
  expect(latestTurnMs(threeKeys, 50, NOW)).toBeLessThanOrEqual(NOW + 8_000);
});
