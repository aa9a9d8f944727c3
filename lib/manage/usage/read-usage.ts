import type { CellDimension, CellSum } from "../../db/usage/read-usage-cells";
import { NANO_PER_USD } from "../../usage/price";
import { DAY_MS, HOUR_MS, type Measure, type Side } from "../../usage/rollup";
import type { ManageContext } from "../manage-context";
import { ManageError } from "../manage-error";
import { byTokenGroup } from "./by-token-group";
import { readExactCells } from "./read-exact-cells";
import { groupedTag, isTagGroup, oneTag, type TagGroup, untagged } from "./tag-question";
import { totalOf } from "./total-of";
import type { ReadUsageInput } from "./usage-schemas";

export interface UsageSums {
  readonly requests: number;
  readonly attempts: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
  /** Of requests with a known price. */
  readonly costUsd: number;
  /** Requests with tokens but without a known price. */
  readonly unpricedRequests: number;
  /** Requests whose tokens are estimated. */
  readonly estimatedRequests: number;
}

/** What a list shows about those who spend. */
export type SpentSums = Pick<
  UsageSums,
  "requests" | "inputTokens" | "outputTokens" | "costUsd" | "unpricedRequests"
>;

/** What `toSpentSums` reads. */
export const SPENT_MEASURES: readonly Measure[] = [
  "requests",
  "unpriced",
  "inputTokens",
  "outputTokens",
  "costNanoUsd",
];

export interface UsageRow extends UsageSums {
  /** Start, epoch milliseconds. */
  readonly bucket: number;
  /** Slug, name, id or outcome; empty if there is none. */
  readonly group: string;
}

export interface UsageReport {
  /** By time, then by requests. */
  readonly rows: readonly UsageRow[];
  readonly totals: UsageSums;
}

const DIMENSIONS = {
  provider: "provider",
  model: "model",
  key: "subjectId",
  token: "subjectId",
  user: "userId",
  // Combined by the tokens' groups afterwards.
  group: "subjectId",
  outcome: "outcome",
} as const satisfies Record<Exclude<ReadUsageInput["groupBy"], TagGroup>, CellDimension>;

const DEFAULT_RANGE_MS = { hour: DAY_MS, day: 30 * DAY_MS };
const BUCKET_MS = { hour: HOUR_MS, day: DAY_MS };
const MAX_BUCKETS = 1_000;

/**
 * What was used, by time and one other dimension; by default the last day by hours, or 30 days. The range is exact to
 * the millisecond: two adjacent ranges add up to the whole. Days begin at the time of day at which the range begins.
 * @throws {ManageError} `invalid_input` for an empty range, one that is too long, or one that splits an hour of which
 * only the whole is known; for keys together with tokens or users, and for tags together with keys, tokens or other
 * tags, because only the request log knows all of a request.
 */
export async function readUsage(
  context: ManageContext,
  input: ReadUsageInput,
): Promise<UsageReport> {
  const { bucket, groupBy, key, token, user, provider, model, outcome } = input;
  const ofKeys = key !== undefined || groupBy === "key";
  if (ofKeys && (token !== undefined || user !== undefined || callerGroups.has(groupBy))) {
    throw new ManageError("invalid_input", "usage of keys cannot be split by token or user");
  }
  if (ofKeys && bucket === "day" && (model !== undefined || groupBy === "model")) {
    throw new ManageError("invalid_input", "usage of keys can be split by model only per hour");
  }
  const grouped = groupedTag(groupBy);
  const tag = oneTag(input.tags);
  const tagName = grouped ?? tag?.name;
  if (
    tagName !== undefined &&
    (ofKeys || token !== undefined || ofTokens.has(groupBy) || (tag && tag.name !== tagName))
  ) {
    throw new ManageError(
      "invalid_input",
      "usage of a tag can't be split by key, token, group or another tag; the request log can",
    );
  }
  const nowMs = context.nowMs();
  const toMs = input.to ?? nowMs + 1;
  const fromMs = input.from ?? floorTo(toMs - DEFAULT_RANGE_MS[bucket], BUCKET_MS[bucket]);
  if (fromMs >= toMs) {
    throw new ManageError("invalid_input", "the range is empty: `from` is not before `to`");
  }
  if ((toMs - fromMs) / BUCKET_MS[bucket] > MAX_BUCKETS) {
    throw new ManageError("invalid_input", `at most ${MAX_BUCKETS} ${bucket}s at once`);
  }
  const by = isTagGroup(groupBy) ? "subjectId" : DIMENSIONS[groupBy];
  const where = { provider, model, outcome, userId: user };
  const range = { fromMs, toMs, bucketMs: BUCKET_MS[bucket], nowMs } as const;
  const read = (side: Side, dimension: typeof by, subjectId?: string) =>
    readExactCells(context, {
      ...{ ...range, side, by: dimension, where: { ...where, subjectId } },
      ...(side === "tag" && tagName !== undefined && { tag: tagName }),
    });
  const readTagged = async (name: TagGroup | null) => {
    const tagged = await read("tag", by, tag?.value);
    if (name === null || tag !== undefined) return tagged;
    const all = await read("caller", "outcome");
    return [...tagged, ...untagged(all, tagged, ({ bucketMs }) => String(bucketMs))];
  };
  const cells =
    tagName === undefined
      ? await read(ofKeys ? "key" : "caller", by, key ?? token)
      : await readTagged(isTagGroup(groupBy) ? groupBy : null);
  const named = groupBy === "group" ? await byTokenGroup(context.db, cells) : cells;
  const rows = inBuckets(named, by, fromMs, bucket);
  return {
    rows: rows
      .map((row) => ({
        bucket: row.bucketMs,
        group: row[by],
        ...toSums(row.values),
      }))
      .sort((a, b) => a.bucket - b.bucket || b.requests - a.requests),
    totals: toSums(totalOf(rows)),
  };
}

/** Combines cells of hours or parts of them into the requested buckets. */
function inBuckets(
  cells: readonly CellSum[],
  by: Exclude<CellDimension, "bucketMs">,
  fromMs: number,
  bucket: ReadUsageInput["bucket"],
): readonly CellSum[] {
  const found = new Map<string, CellSum[]>();
  for (const cell of cells) {
    const startMs =
      bucket === "hour"
        ? floorTo(cell.bucketMs, HOUR_MS)
        : fromMs + floorTo(cell.bucketMs - fromMs, DAY_MS);
    const name = `${startMs}\n${cell[by]}`;
    const same = found.get(name);
    if (same === undefined) found.set(name, [{ ...cell, bucketMs: startMs }]);
    else same.push(cell);
  }
  return [...found.values()].flatMap((same) => {
    const [first] = same;
    return first === undefined ? [] : [{ ...first, values: totalOf(same) }];
  });
}

const ofTokens: ReadonlySet<string> = new Set(["token", "group"]);
const callerGroups: ReadonlySet<string> = new Set(["token", "user", "group"]);

export function toSums(values: Readonly<Record<Measure, number>>): UsageSums {
  return {
    requests: values.requests,
    attempts: values.attempts,
    inputTokens: values.inputTokens,
    outputTokens: values.outputTokens,
    cachedInputTokens: values.cachedInputTokens,
    cacheWriteTokens: values.cacheWriteTokens,
    reasoningTokens: values.reasoningTokens,
    costUsd: values.costNanoUsd / NANO_PER_USD,
    unpricedRequests: values.unpriced,
    estimatedRequests: values.estimated,
  };
}

export function toSpentSums(values: Readonly<Record<Measure, number>>): SpentSums {
  const { requests, inputTokens, outputTokens, costUsd, unpricedRequests } = toSums(values);
  return { requests, inputTokens, outputTokens, costUsd, unpricedRequests };
}

function floorTo(ms: number, step: number): number {
  return Math.floor(ms / step) * step;
}
