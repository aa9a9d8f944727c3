import type { CellSum } from "../../db/usage/read-usage-cells";
import type { Measure } from "../../usage/rollup";

const NOTHING: CellSum["values"] = {
  requests: 0,
  attempts: 0,
  estimated: 0,
  unpriced: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  costNanoUsd: 0,
  durationMs: 0,
  timeToFirstTokenMs: 0,
  firstBytes: 0,
  timeToFirstByteMs: 0,
};

/** Every request is in one of the rows, whatever their dimension. */
export function totalOf(rows: readonly CellSum[]): CellSum["values"] {
  const values: Record<Measure, number> = { ...NOTHING };
  for (const row of rows) {
    for (const name of Object.keys(values) as Measure[]) values[name] += row.values[name];
  }
  return values;
}
