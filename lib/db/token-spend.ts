/**
 * What tokens with limits have used of a day or a month.
 * @module
 */
import { and, eq, inArray } from "drizzle-orm";
import { countsAsRequest } from "../proxy/token-budget";
import type { Database } from "./open-database";
import { sumCells } from "./read-usage-cells";
import { type TokenSpendRow, tokenSpend } from "./usage-schema";

/**
 * Reads periods of one token. A period that nobody has asked for before is counted from the rollups first:
 * requests made before the token had limits are in there alone. So deleting rows rebuilds them.
 */
export async function readTokenSpend(
  db: Database,
  tokenId: string,
  periods: readonly string[],
): Promise<readonly TokenSpendRow[]> {
  const known = await selectSpend(db, tokenId, periods);
  const missing = periods.filter((period) => !known.some((row) => row.period === period));
  if (missing.length === 0) return known;
  const counted = await Promise.all(missing.map((period) => countSpend(db, tokenId, period)));
  // Another isolate may have been first, and counted on since.
  await db.insert(tokenSpend).values(counted).onConflictDoNothing();
  return selectSpend(db, tokenId, periods);
}

function selectSpend(
  db: Database,
  tokenId: string,
  periods: readonly string[],
): Promise<TokenSpendRow[]> {
  return db
    .select()
    .from(tokenSpend)
    .where(and(eq(tokenSpend.tokenId, tokenId), inArray(tokenSpend.period, [...periods])));
}

async function countSpend(db: Database, tokenId: string, period: string): Promise<TokenSpendRow> {
  const fromMs = Date.parse(period);
  const isDay = period.length === "2026-11-23".length;
  const end = new Date(fromMs);
  if (isDay) end.setUTCDate(end.getUTCDate() + 1);
  else end.setUTCMonth(end.getUTCMonth() + 1);
  const [rows = []] = await sumCells(db, [
    {
      side: "caller",
      grain: isDay ? "hour" : "day",
      fromMs,
      toMs: end.getTime(),
      where: { subjectId: tokenId },
      by: ["outcome"],
    },
  ]);
  const spend = { requests: 0, tokens: 0, costNanoUsd: 0 };
  for (const { outcome, values } of rows) {
    if (!countsAsRequest({ outcome })) continue;
    spend.requests += values.requests;
    spend.tokens += values.inputTokens + values.outputTokens;
    spend.costNanoUsd += values.costNanoUsd;
  }
  return { tokenId, period, ...spend };
}
