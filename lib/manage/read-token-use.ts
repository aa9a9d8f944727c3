import { sumCells } from "../db/read-usage-cells";
import { NANO_PER_USD } from "../usage/price";
import { DAY_MS } from "../usage/rollup";
import type { ManageContext } from "./manage-context";

/** What a token has used of the day and of the month (UTC), of limits that count either. */
export interface TokenUse {
  readonly dailyRequests: number;
  /** Input and output. */
  readonly dailyTokens: number;
  /** Of requests with a known price. */
  readonly dailyCostUsd: number;
  readonly monthlyCostUsd: number;
}

const NONE: TokenUse = { dailyRequests: 0, dailyTokens: 0, dailyCostUsd: 0, monthlyCostUsd: 0 };

/** By the tokens' ids; all of those asked for are there. */
export async function readTokenUse(
  { db, nowMs }: ManageContext,
  ids: readonly string[],
): Promise<Readonly<Record<string, TokenUse>>> {
  if (ids.length === 0) return {};
  const now = new Date(nowMs());
  const dayMs = now.getTime() - (now.getTime() % DAY_MS);
  const monthMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
  const query = {
    side: "caller",
    grain: "day",
    toMs: now.getTime() + 1,
    by: ["subjectId"],
    only: { dimension: "subjectId", values: ids },
  } as const;
  const [today = [], month = []] = await sumCells(db, [
    { ...query, fromMs: dayMs },
    { ...query, fromMs: monthMs },
  ]);
  const use = Object.fromEntries(ids.map((id) => [id, NONE]));
  for (const { subjectId, values } of month) {
    use[subjectId] = { ...NONE, monthlyCostUsd: values.costNanoUsd / NANO_PER_USD };
  }
  for (const { subjectId, values } of today) {
    use[subjectId] = {
      ...(use[subjectId] ?? NONE),
      dailyRequests: values.requests,
      dailyTokens: values.inputTokens + values.outputTokens,
      dailyCostUsd: values.costNanoUsd / NANO_PER_USD,
    };
  }
  return use;
}
