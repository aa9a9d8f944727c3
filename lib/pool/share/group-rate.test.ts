import { expect, test } from "vitest";
import { SharedLimitPrior } from "../learn/shared-limit-prior";
import { RateLimiter } from "../limits/rate-limiter";
import { Group } from "../schedule/group";
import type { PoolKey } from "../types";
import { GroupRate } from "./group-rate";

const NOW = 1_700_000_000_000;
const UNKNOWN = { limit: null, windowMs: null };

function groupOf(id: string, quotaDomain: string | null, rpm: number | null): Group {
  const key: PoolKey = {
    ...{ id, provider: "openai", sealed: "", masked: "", status: "active", weight: 1 },
    ...{ priority: 0, quotaDomain, models: null, limits: null, cooldowns: new Map() },
  };
  const entry = { key, presence: "present" as const, trouble: null, caps: null, lastPick: 0 };
  const group = new Group(quotaDomain ?? id, entry);
  if (rpm === null) return group;
  group.limiter = new RateLimiter(new SharedLimitPrior());
  const limits = { rpm, tpm: null, dailyRequests: null };
  group.limiter.setLimits(limits, 0, () => NOW + 1_000_000, NOW);
  return group;
}

test("all groups together, a shared domain once", () => {
  const alone = [groupOf("a", null, 10), groupOf("b", null, 20)];
  expect(new GroupRate().perMs(alone, UNKNOWN, NOW)).toBeCloseTo(30 / 60_000, 9);
  const shared = [groupOf("a", "one", 10), groupOf("b", "one", 10), groupOf("c", "two", 5)];
  expect(new GroupRate().perMs(shared, UNKNOWN, NOW)).toBeCloseTo(15 / 60_000, 9);
});

test("an unknown group has the pool's usual limit, or none is known", () => {
  const groups = [groupOf("a", null, 10), groupOf("b", null, null)];
  expect(new GroupRate().perMs(groups, UNKNOWN, NOW)).toBeNull();
  const usual = { limit: 6, windowMs: 30_000 };
  expect(new GroupRate().perMs(groups, usual, NOW)).toBeCloseTo(10 / 60_000 + 6 / 30_000, 9);
});

test("is kept for a while, unless something was learned", () => {
  const rate = new GroupRate();
  const groups = [groupOf("a", null, 10)];
  rate.perMs(groups, UNKNOWN, NOW);
  const more = [...groups, groupOf("b", null, 10)];
  expect(rate.perMs(more, UNKNOWN, NOW + 500)).toBeCloseTo(10 / 60_000, 9);
  rate.forget();
  expect(rate.perMs(more, UNKNOWN, NOW + 500)).toBeCloseTo(20 / 60_000, 9);
});
