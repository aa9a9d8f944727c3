import { type NewAlert, raiseAlerts } from "../db/team/alerts";
import { readMeteringDay } from "../db/usage/metering-day";
import { alertChannels } from "../manage/alerts/alert-channels";
import { readBudgets } from "../manage/usage/read-budgets";
import type { TagLimit } from "../tags/tag-limits";
import { settingsOf, type UpkeepContext, type UpkeepJob } from "./upkeep-job";

/** The most alerts per run; the others follow later. */
const ALERTS_A_RUN = 5;
/** Percent of a cost budget. */
const COST_STEPS = [50, 80, 100] as const;
/** Percent of metering's daily row budget. */
const ROW_STEPS = [80, 100] as const;

/** Alerts about budgets that are largely used, once per step and period. */
export const raiseBudgetAlerts: UpkeepJob = {
  name: "raise-budget-alerts",
  async run(context) {
    const { db, nowMs } = context;
    const settings = await settingsOf(context);
    const channels = alertChannels(context, settings);
    if (channels.length === 0) return {};
    const writes = await writeBudget(context, settings.metering.dailyRowBudget);
    const found = [...writes, ...(await costBudgets(context, settings.tags.limits))];
    const { muted } = settings.alerts;
    const raising = { channels, limit: ALERTS_A_RUN, over: [], muted };
    return { raisedAlerts: await raiseAlerts(db, found, raising, nowMs()) };
  },
};

/** Of tokens, members, groups and tags, most used first. */
async function costBudgets(
  context: UpkeepContext,
  tagLimits: readonly TagLimit[],
): Promise<NewAlert[]> {
  const holders = await readBudgets(context, "everyone", undefined, tagLimits);
  return holders
    .flatMap(({ id, name, budgets }) => budgets.map((budget) => ({ id, name, ...budget })))
    .filter(({ limit, share }) => limit.endsWith("CostUsd") && share >= COST_STEPS[0] / 100)
    .sort((a, b) => b.share - a.share)
    .map(({ id, name, period, used, most }) => {
      const steps = reached(COST_STEPS, used, most);
      return {
        kind: "budget_used",
        details: {
          name,
          period,
          percent: steps.at(-1) ?? 0,
          used: dollars(used),
          budget: dollars(most),
        },
        topics: steps.map((step) => `budget_used/${id}/${period}/${step}`),
      };
    });
}

/** D1's rows, of which the free plan has 100,000 per day. */
async function writeBudget({ db, nowMs }: UpkeepContext, budget: number): Promise<NewAlert[]> {
  const atMs = nowMs();
  if (budget === 0) return [];
  const { rowsWritten: written } = await readMeteringDay(db, atMs);
  const steps = reached(ROW_STEPS, written, budget);
  const percent = steps.at(-1);
  if (percent === undefined) return [];
  const day = new Date(atMs).toISOString().slice(0, 10);
  return [
    {
      kind: "writes_used",
      details: { day, percent, written, budget },
      topics: steps.map((step) => `writes_used/${day}/${step}`),
    },
  ];
}

/** A budget that skips a step is only reported for the last one: all steps that it reached count as reported. */
function reached(steps: readonly number[], used: number, budget: number): readonly number[] {
  return steps.filter((step) => used * 100 >= budget * step);
}

function dollars(usd: number): string {
  return `$${usd.toFixed(usd < 1 ? 4 : 2)}`;
}
