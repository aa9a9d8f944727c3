/**
 * A budget of a dollar a day under 200 requests at once, each of which turns out cheaper than it might have.
 * @module
 */
import { NO_SPEND, TokenLedger, type TokenLimits } from "../../../lib/pool/token-ledger.ts";
import { seededRandom } from "./random.ts";
import { VirtualTime } from "./virtual-time.ts";

const AT_ONCE = 200;
const START_MS = Date.parse("2026-03-10T12:00:00Z");
const DOLLAR = 1e9;
const LIMITS: TokenLimits = {
  rpm: null,
  tpm: null,
  dailyRequests: null,
  dailyTokens: null,
  dailyCostUsd: 1,
  monthlyCostUsd: null,
};

export interface BudgetUse {
  /** Beyond the dollar, in parts of the dearest request. */
  readonly overshoot: number;
  /** Of the dollar, by those who were let go, when the first was refused for good. */
  readonly used: number;
}

export async function playBudget(seed: number): Promise<BudgetUse> {
  const random = seededRandom(seed);
  const time = new VirtualTime(START_MS);
  const ledger = new TokenLedger();
  for (const period of ledger.unknownPeriods("at_one", LIMITS, time.nowMs)) {
    ledger.load("at_one", period, NO_SPEND);
  }
  let spent = 0;
  let dearest = 0;
  let spentAtRefusal: number | null = null;

  const ask = (): void => {
    const most = (0.002 + random() * 0.018) * DOLLAR;
    const estimate = { requests: 1, tokens: 0, costNanoUsd: Math.round(most) };
    const turn = ledger.reserve("at_one", LIMITS, estimate, time.nowMs);
    if (turn.kind === "full") {
      spentAtRefusal ??= spent;
      return;
    }
    if (turn.kind === "wait") {
      time.at(time.nowMs + 50, ask);
      return;
    }
    time.at(time.nowMs + 300 + random() * 900, () => {
      const costNanoUsd = Math.round(most * (0.1 + random() * 0.9));
      ledger.settle(turn.reservation, { requests: 1, tokens: 0, costNanoUsd }, time.nowMs);
      spent += costNanoUsd;
      dearest = Math.max(dearest, costNanoUsd);
      ask();
    });
  };
  for (let client = 0; client < AT_ONCE; client += 1) ask();
  await time.run();
  return {
    overshoot: Math.max(0, spent - DOLLAR) / dearest,
    used: (spentAtRefusal ?? 0) / DOLLAR,
  };
}
