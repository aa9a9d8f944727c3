/**
 * Figures for Prometheus, in its text format 0.0.4.
 *
 * Counters cover the current day (UTC) and start over at midnight, which Prometheus recognizes as a restart: so each
 * response reads one day of cells, and pruning never makes a counter decrease. Labels are bounded: providers, outcomes,
 * and the models with the most requests; the others are summed as `other`.
 * @module
 */

import { countKeyStates } from "../../db/keys/provider-keys";
import { isOlderSchema } from "../../db/state/read-older-state";
import { countOpenIncidents } from "../../db/team/incidents";
import { readUpkeep } from "../../db/upkeep-lease";
import { readMeteringDay } from "../../db/usage/metering-day";
import { type CellSum, sumCells } from "../../db/usage/read-usage-cells";
import type { CellRange } from "../../db/usage/usage-cells";
import type { TraceFigures } from "../../traces/trace-exporter";
import { BUCKET_BOUNDS_MS } from "../../usage/histogram";
import { NANO_PER_USD } from "../../usage/price";
import { DAY_MS, LATER_MEASURES } from "../../usage/rollup";
import { sumGroups } from "../groups/sum-groups";
import type { ManageContext } from "../manage-context";

const MAX_MODELS = 100;
const OTHER = "other";

/** What an isolate has in memory and not in the store yet. */
export interface WaitingRecords {
  readonly requests: number;
  /** Of keys and tokens. */
  readonly changes: number;
}

/** What is only in the memory of an isolate. */
export interface IsolateFigures {
  readonly waiting: WaitingRecords;
  /** Requests that wait for a key, by provider; those without are left out. */
  readonly queued: Readonly<Record<string, number>>;
  readonly leases: { readonly by: "object" | "store"; readonly held: number };
  readonly traces: Pick<TraceFigures, "sent" | "dropped" | "waiting">;
}

/** @param figures Of the isolate that responds. */
export async function readMetrics(
  context: ManageContext,
  { waiting, queued, leases, traces }: IsolateFigures,
): Promise<string> {
  const nowMs = context.nowMs();
  const fromMs = nowMs - (nowMs % DAY_MS);
  const range = { side: "caller", grain: "hour", fromMs, toMs: nowMs + 1 } as const;
  const [sums, firstBytes, groups, pools, incidents, upkeep, day] = await Promise.all([
    sumCells(context.db, [
      { ...range, by: ["provider", "outcome"] },
      { ...range, by: ["provider", "model"] },
      { ...range, by: ["provider"], withTimes: true },
    ]),
    sumFirstBytes(context, range),
    sumGroups(context, range),
    countKeyStates(context.db, nowMs),
    countOpenIncidents(context.db, nowMs),
    readUpkeep(context.db),
    readMeteringDay(context.db, nowMs),
  ]);
  const [byOutcome = [], byModel = [], byProvider = []] = sums;
  const models = byModel.map((row, index) =>
    index < MAX_MODELS ? row : { ...row, provider: OTHER, model: OTHER },
  );
  const tokens = (kind: string, measure: keyof CellSum["values"]) =>
    summed(models, ["provider", "model"], measure).map(([labels, value]) =>
      sample("one_balance_tokens_total", { ...labels, kind }, value),
    );
  return [
    head("one_balance_requests_total", "counter", "Requests today (UTC)."),
    ...byOutcome.map((row) =>
      sample("one_balance_requests_total", pick(row, ["provider", "outcome"]), row.values.requests),
    ),
    head("one_balance_attempts_total", "counter", "Requests sent to providers today (UTC)."),
    ...byProvider.map((row) =>
      sample("one_balance_attempts_total", pick(row, ["provider"]), row.values.attempts),
    ),
    head(
      "one_balance_tokens_total",
      "counter",
      "Tokens today (UTC). cached_input and cache_write are part of input, reasoning of output.",
    ),
    ...tokens("input", "inputTokens"),
    ...tokens("output", "outputTokens"),
    ...tokens("cached_input", "cachedInputTokens"),
    ...tokens("cache_write", "cacheWriteTokens"),
    ...tokens("reasoning", "reasoningTokens"),
    head(
      "one_balance_cost_usd_total",
      "counter",
      "US dollars today (UTC), where prices are known.",
    ),
    ...summed(models, ["provider", "model"], "costNanoUsd").map(([labels, value]) =>
      sample("one_balance_cost_usd_total", labels, value / NANO_PER_USD),
    ),
    head(
      "one_balance_group_requests_total",
      "counter",
      "Requests of a group's tokens today (UTC).",
    ),
    ...groups.map(({ name, requests }) =>
      sample("one_balance_group_requests_total", { group: name }, requests),
    ),
    head(
      "one_balance_group_cost_usd_total",
      "counter",
      "US dollars of a group's tokens today (UTC), where prices are known.",
    ),
    ...groups.map(({ name, costNanoUsd }) =>
      sample("one_balance_group_cost_usd_total", { group: name }, costNanoUsd / NANO_PER_USD),
    ),
    ...histogram(
      "one_balance_request_duration_seconds",
      "From a request's arrival to its answer's last byte.",
      byProvider.map((row) => [row.provider, row.durations, row.values.durationMs]),
    ),
    ...histogram(
      "one_balance_time_to_first_token_seconds",
      "From a request's arrival to its answer's first output: text, a thought, a tool call.",
      byProvider.map((row) => [row.provider, row.firstTokens, row.values.timeToFirstTokenMs]),
    ),
    head(
      "one_balance_time_to_first_byte_seconds",
      "summary",
      "From a request's arrival to the provider's first byte, which may say only that it has begun.",
    ),
    ...firstBytes.flatMap(({ provider, values }) => [
      sample(
        "one_balance_time_to_first_byte_seconds_sum",
        { provider },
        values.timeToFirstByteMs / 1000,
      ),
      sample("one_balance_time_to_first_byte_seconds_count", { provider }, values.firstBytes),
    ]),
    head("one_balance_provider_keys", "gauge", "Keys of the pool by state."),
    ...pools.flatMap(({ provider, ready, cooling, blocked, disabled }) =>
      Object.entries({ ready, cooling, blocked, disabled }).map(([state, count]) =>
        sample("one_balance_provider_keys", { provider, state }, count),
      ),
    ),
    head(
      "one_balance_lost_records_total",
      "counter",
      "Requests and changes of keys today (UTC) that the database rejected, or that waited too long for it.",
    ),
    sample("one_balance_lost_records_total", {}, day.dropped),
    head(
      "one_balance_waiting_records",
      "gauge",
      "What the isolate that answers has not written to the database yet.",
    ),
    ...Object.entries(waiting).map(([kind, count]) =>
      sample("one_balance_waiting_records", { kind }, count),
    ),
    head("one_balance_incidents", "gauge", "Incidents that are not over."),
    ...incidents.map(({ provider, count }) => sample("one_balance_incidents", { provider }, count)),
    head(
      "one_balance_waiting_requests",
      "gauge",
      "Requests that wait for a key, in the isolate that answers.",
    ),
    ...Object.entries(queued).map(([provider, count]) =>
      sample("one_balance_waiting_requests", { provider }, count),
    ),
    head(
      "one_balance_leases",
      "gauge",
      "Limits of tokens, members and groups that the isolate that answers shares with others.",
    ),
    sample("one_balance_leases", { granted_by: leases.by }, leases.held),
    head(
      "one_balance_traces",
      "gauge",
      "Requests whose traces were sent, wait or were dropped, since the isolate that answers began.",
    ),
    ...(["sent", "waiting", "dropped"] as const).map((state) =>
      sample("one_balance_traces", { state }, traces[state]),
    ),
    head("one_balance_maintenance_finished_timestamp_seconds", "gauge", "When it last ended."),
    ...(upkeep?.finishedAtMs
      ? [
          sample(
            "one_balance_maintenance_finished_timestamp_seconds",
            { started_by: upkeep.startedBy },
            upkeep.finishedAtMs / 1000,
          ),
        ]
      : []),
    "",
  ].join("\n");
}

/** By provider; none from a database that lacks the migration which added them. */
async function sumFirstBytes({ db }: ManageContext, range: CellRange): Promise<readonly CellSum[]> {
  try {
    const query = { ...range, by: ["provider"], measures: LATER_MEASURES } as const;
    return (await sumCells(db, [query]))[0] ?? [];
  } catch (error) {
    if (isOlderSchema(error)) return [];
    throw error;
  }
}

type Labels = Readonly<Record<string, string>>;
type LabelName = "provider" | "model" | "outcome";

function head(
  name: string,
  type: "counter" | "gauge" | "histogram" | "summary",
  help: string,
): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}`;
}

function sample(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return pairs.length === 0 ? `${name} ${value}` : `${name}{${pairs.join(",")}} ${value}`;
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/#comments-help-text-and-type-information */
function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function pick(row: CellSum, names: readonly LabelName[]): Labels {
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}

/** Rows may share their labels: the models that are summed as `other`. */
function summed(
  rows: readonly CellSum[],
  names: readonly LabelName[],
  measure: keyof CellSum["values"],
): [Labels, number][] {
  const sums = new Map<string, [Labels, number]>();
  for (const row of rows) {
    const labels = pick(row, names);
    const key = JSON.stringify(labels);
    sums.set(key, [labels, (sums.get(key)?.[1] ?? 0) + row.values[measure]]);
  }
  return [...sums.values()];
}

function histogram(
  name: string,
  help: string,
  rows: readonly (readonly [provider: string, counts: readonly number[], sumMs: number])[],
): string[] {
  const lines = rows.flatMap(([provider, counts, sumMs]) => {
    let below = 0;
    const buckets = counts.map((count, index) => {
      below += count;
      const bound = BUCKET_BOUNDS_MS[index];
      const le = bound === undefined ? "+Inf" : String(bound / 1000);
      return sample(`${name}_bucket`, { provider, le }, below);
    });
    return [
      ...buckets,
      sample(`${name}_sum`, { provider }, sumMs / 1000),
      sample(`${name}_count`, { provider }, below),
    ];
  });
  return [head(name, "histogram", help), ...lines];
}
