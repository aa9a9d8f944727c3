/**
 * One flush of usage, in one transaction that may be repeated until its outcome is known.
 * @module
 */
import { sql } from "drizzle-orm";
import type { PeriodSpend } from "../../budgets/spend";
import { DAY_MS, type StoredCell } from "../../usage/rollup";
import { firstRowIdAt } from "../new-row-id";
import type { Database } from "../open-database";
import type { RequestLogRow } from "../schema/usage-schema";
import { isOlderSchema } from "../state/read-older-state";
import { runBatch } from "../state/state-version";

export interface UsageFlush {
  /** New for each flush, and the same when it is repeated. */
  readonly id: string;
  readonly atMs: number;
  readonly cells: readonly StoredCell[];
  readonly logRows: readonly RequestLogRow[];
  /** What tokens and members used, by period, from which groups' spending follows; applied only to sums that were requested before. */
  readonly spends: readonly PeriodSpend[];
  readonly rowsWritten: number;
  readonly dropped: number;
  readonly unlogged: number;
}

export interface UsageFlushResult {
  /** By this flush, as counted by D1. */
  readonly rowsWritten: number;
  /** Metering's rows of the flush's day, of all isolates, as reported so far. */
  readonly rowsWrittenToday: number;
  /** Flushes waiting in the journal. */
  readonly journalLength: number;
  /** The current totals of the flush's holders and periods, if they are stored; empty for a repetition. */
  readonly spent: readonly PeriodSpend[];
}

/** Isolates' clocks don't differ by more. */
const CLOCK_SKEW_MS = 300_000;

/** What a database may lack because this build was deployed without its migrations, the newest first. */
const SCHEMAS: readonly {
  readonly lacks: readonly (keyof typeof LOG_FIELDS)[];
  readonly hasGroups: boolean;
}[] = [
  { lacks: [], hasGroups: true },
  { lacks: ["reached_limit"], hasGroups: true },
  { lacks: ["reached_limit", "tags"], hasGroups: false },
];

/** Writes a flush once, however often and late it is called with it. */
export async function writeUsage(db: Database, flush: UsageFlush): Promise<UsageFlushResult> {
  for (const [index, schema] of SCHEMAS.entries()) {
    try {
      return await writeFlush(db, flush, schema);
    } catch (error) {
      if (!isOlderSchema(error) || index === SCHEMAS.length - 1) throw error;
    }
  }
  throw new Error("no schema to write with");
}

async function writeFlush(
  db: Database,
  flush: UsageFlush,
  { lacks, hasGroups }: (typeof SCHEMAS)[number],
): Promise<UsageFlushResult> {
  const journal = insertIntoJournal(flush);
  // Right after the journal: it applies only if the journal accepted the flush.
  const spends = flush.spends.length === 0 ? [] : [addToSpend(flush.spends, hasGroups)];
  const log = flush.logRows.length === 0 ? [] : [insertIntoLog(flush.logRows, lacks)];
  const results = await runBatch(db, [journal, ...spends, ...log, selectState(flush.atMs)]);
  const [state] = (results.at(-1)?.results ?? []) as { today: number; length: number }[];
  return {
    rowsWritten: results.reduce((sum, { meta }) => sum + meta.rows_written, 0),
    rowsWrittenToday: state?.today ?? 0,
    journalLength: state?.length ?? 0,
    spent: spends.length === 0 ? [] : (results[1]?.results as PeriodSpend[]),
  };
}

/** Only compactions since the flush was created can have removed it: one or two, unless it is late. */
function insertIntoJournal(flush: UsageFlush) {
  const { id, atMs, cells, rowsWritten, dropped, unlogged } = flush;
  return sql`
    insert into usage_journal (id, at_ms, cells, rows_written, dropped, unlogged)
    select ${id}, ${atMs}, ${JSON.stringify(cells)}, ${rowsWritten}, ${dropped}, ${unlogged}
    where not exists (
      select 1 from usage_folds f, json_each(f.flush_ids) e
      where f.id >= ${firstRowIdAt("uf", atMs - CLOCK_SKEW_MS)} and e.value = ${id})
    on conflict (id) do nothing`;
}

/**
 * Rows that weren't requested don't exist: they are created from the rollups on use. Tokens that replaced each other
 * share one row, and so do all tokens of a group.
 */
function addToSpend(spends: readonly PeriodSpend[], hasGroups: boolean) {
  const groupId = sql.raw(hasGroups ? "t.group_id" : "null");
  const values = spends.map(({ holderId, period, requests, tokens, costNanoUsd }) => [
    holderId,
    period,
    requests,
    tokens,
    costNanoUsd,
  ]);
  return sql`
    update token_spend set
      requests = token_spend.requests + e.requests,
      tokens = token_spend.tokens + e.tokens,
      cost_nano_usd = token_spend.cost_nano_usd + e.cost
    from (
      select h.value as holder, s.value ->> 1 as period,
        sum(s.value ->> 2) as requests, sum(s.value ->> 3) as tokens, sum(s.value ->> 4) as cost
      from json_each(${JSON.stringify(values)}) s left join access_tokens t on t.id = s.value ->> 0,
        json_each(json_array(coalesce(t.budget_id, s.value ->> 0), ${groupId})) h
      where h.value is not null
      group by 1, 2) e
    where changes() > 0 and token_spend.token_id = e.holder and token_spend.period = e.period
    returning token_id as "holderId", period, requests, tokens, cost_nano_usd as "costNanoUsd"`;
}

const LOG_FIELDS = {
  id: "id",
  at_ms: "atMs",
  provider: "provider",
  model: "model",
  token_id: "tokenId",
  user_id: "userId",
  key_id: "keyId",
  outcome: "outcome",
  status: "status",
  error_code: "errorCode",
  duration_ms: "durationMs",
  time_to_first_token_ms: "timeToFirstTokenMs",
  is_stream: "isStream",
  attempt_count: "attemptCount",
  attempts: "attempts",
  input_tokens: "inputTokens",
  output_tokens: "outputTokens",
  cached_input_tokens: "cachedInputTokens",
  cache_write_tokens: "cacheWriteTokens",
  reasoning_tokens: "reasoningTokens",
  is_estimate: "isEstimate",
  cost_nano_usd: "costNanoUsd",
  cost_basis: "costBasis",
  gateway_log_id: "gatewayLogId",
  turns: "turns",
  time_to_first_byte_ms: "timeToFirstByteMs",
  tags: "tags",
  reached_limit: "reachedLimit",
} as const satisfies Record<string, keyof RequestLogRow>;

function insertIntoLog(rows: readonly RequestLogRow[], lacks: readonly string[]) {
  const fields = Object.entries(LOG_FIELDS).filter(([column]) => !lacks.includes(column));
  const columns = sql.raw(fields.map(([column]) => column).join(", "));
  // By index: finding a field by name takes SQLite twice the time.
  const read = sql.raw(fields.map((_, index) => `e.value ->> ${index}`).join(", "));
  const names = fields.map(([, field]) => field);
  const values = rows.map((row) => names.map((name) => row[name]));
  return sql`
    insert into request_log (${columns})
    select ${read} from json_each(${JSON.stringify(values)}) e where true
    on conflict (id) do nothing`;
}

function selectState(atMs: number) {
  const dayMs = Math.floor(atMs / DAY_MS) * DAY_MS;
  return sql`
    select count(*) as length,
      coalesce(sum(rows_written) filter (where at_ms >= ${dayMs}), 0)
        + coalesce((select rows_written from usage_days where day_ms = ${dayMs}), 0) as today
    from usage_journal`;
}
