/**
 * Sums of the request log in the shape of cells, for parts of an hour, because rollups only have whole hours.
 * @module
 */
import { type SQL, sql } from "drizzle-orm";
import { FIRST_MEASURES, type Measure } from "../../usage/rollup";
import type { Outcome } from "../../usage/types";
import type { Database } from "../open-database";
import { firstRequestIdAt } from "../state/request-id-bounds";
import type { CellFilter, CellSum } from "./read-usage-cells";

export interface LoggedRange {
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
}

/** An id is created a moment before the time of its request is taken. */
export const ID_SKEW_MS = 1_000;

const COLUMNS: Readonly<Record<keyof CellFilter, string>> = {
  provider: "provider",
  model: "model",
  subjectId: "token_id",
  userId: "user_id",
  outcome: "outcome",
};

const HAS_TOKENS = "coalesce(input_tokens, 0) + coalesce(output_tokens, 0) > 0";

type Summed = (typeof FIRST_MEASURES)[number];

/** SQL of the log's sums. */
export const LOGGED_SUMS: Readonly<Record<Summed, string>> = {
  requests: "count(*)",
  attempts: "sum(attempt_count)",
  estimated: "sum(is_estimate)",
  unpriced: `sum(${HAS_TOKENS} and cost_nano_usd is null)`,
  inputTokens: "sum(input_tokens)",
  outputTokens: "sum(output_tokens)",
  cachedInputTokens: "sum(cached_input_tokens)",
  cacheWriteTokens: "sum(cache_write_tokens)",
  reasoningTokens: "sum(reasoning_tokens)",
  costNanoUsd: "sum(cost_nano_usd)",
  durationMs: "sum(duration_ms)",
  timeToFirstTokenMs: "sum(time_to_first_token_ms)",
};

export type SummedRow = Readonly<Record<Summed, number | null>>;

/** The condition that a request arrived in a range. */
export function loggedIn({ fromMs, toMs }: LoggedRange): SQL {
  return sql`id >= ${firstRequestIdAt(fromMs - ID_SKEW_MS)} and id < ${firstRequestIdAt(toMs + ID_SKEW_MS)}
    and at_ms >= ${fromMs} and at_ms < ${toMs}`;
}

interface LoggedRow extends SummedRow {
  readonly provider: string;
  readonly model: string;
  readonly subjectId: string;
  readonly userId: string;
  readonly outcome: Outcome;
}

/** By all dimensions of the caller side; the time of each is the start of the range. */
export async function sumLogged(
  db: Database,
  { fromMs, toMs }: LoggedRange,
  where: CellFilter,
): Promise<readonly CellSum[]> {
  const names = Object.keys(COLUMNS) as (keyof CellFilter)[];
  const dimensions = names.map((name) => `coalesce(${COLUMNS[name]}, '') as "${name}"`);
  const sums = FIRST_MEASURES.map((measure) => `${LOGGED_SUMS[measure]} as "${measure}"`);
  const conditions = names
    .filter((name) => where[name] !== undefined)
    .map((name): SQL => sql`${sql.raw(COLUMNS[name])} = ${where[name]}`);
  const rows = await db.all<LoggedRow>(sql`
    select ${sql.raw([...dimensions, ...sums].join(", "))} from request_log
    where ${loggedIn({ fromMs, toMs })} and ${conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)}
    group by ${sql.raw(names.map((name) => `coalesce(${COLUMNS[name]}, '')`).join(", "))}`);
  return rows.map(({ provider, model, subjectId, userId, outcome, ...values }) => ({
    bucketMs: fromMs,
    provider,
    model,
    subjectId,
    userId,
    outcome,
    values: loggedValues(values),
    durations: [],
    firstTokens: [],
  }));
}

export function loggedValues(row: SummedRow): Record<Measure, number> {
  const values = FIRST_MEASURES.map((measure) => [measure, row[measure] ?? 0]);
  const summed = Object.fromEntries(values) as Record<Summed, number>;
  return { ...summed, firstBytes: 0, timeToFirstByteMs: 0 };
}
