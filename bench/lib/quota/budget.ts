/**
 * A budget of one dollar per day under 200 simultaneous requests, each of which turns out cheaper than reserved.
 * @module
 */
import type { LimitHolder } from "../../../lib/budgets/limit-holder.ts";
import { NO_LIMITS } from "../../../lib/usage/token-limits.ts";
import { MemoryBudgets } from "../../../tests/doors/memory-budgets.ts";
import { seededRandom } from "./random.ts";
import { VirtualTime } from "./virtual-time.ts";

const AT_ONCE = 200;
const START_MS = Date.parse("2026-03-10T12:00:00Z");
const DOLLAR = 1e9;
const HOLDERS: readonly LimitHolder[] = [
  { kind: "token", id: "at_one", budgetId: "at_one", limits: { ...NO_LIMITS, dailyCostUsd: 1 } },
];

export interface BudgetUse {
  /** Beyond the dollar, in multiples of the most expensive request. */
  readonly overshoot: number;
  /** The part of the dollar used by accepted requests when the first one was finally rejected. */
  readonly used: number;
}

export async function playBudget(seed: number): Promise<BudgetUse> {
  const random = seededRandom(seed);
  const time = new VirtualTime(START_MS);
  const budgets = new MemoryBudgets();
  budgets.ready(HOLDERS, time.nowMs);
  const { ledger } = budgets;
  let served = 0;
  let spent = 0;
  let highest = 0;
  let spentAtRefusal: number | null = null;

  const ask = (): void => {
    const most = (0.002 + random() * 0.018) * DOLLAR;
    const estimate = { requests: 1, tokens: 0, costNanoUsd: Math.round(most) };
    const turn = ledger.reserve(HOLDERS, estimate, time.nowMs);
    if (turn.kind === "full") {
      spentAtRefusal ??= spent;
      return;
    }
    if (turn.kind !== "go") {
      time.at(time.nowMs + 50, ask);
      return;
    }
    time.at(time.nowMs + 300 + random() * 900, () => {
      const costNanoUsd = Math.round(most * (0.1 + random() * 0.9));
      const actual = { requests: 1, tokens: 0, costNanoUsd };
      ledger.settle(turn.reservation, `req_${served++}`, actual, time.nowMs);
      spent += costNanoUsd;
      highest = Math.max(highest, costNanoUsd);
      ask();
    });
  };
  for (let client = 0; client < AT_ONCE; client += 1) ask();
  await time.run();
  return {
    overshoot: Math.max(0, spent - DOLLAR) / highest,
    used: (spentAtRefusal ?? 0) / DOLLAR,
  };
}
