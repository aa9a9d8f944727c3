/**
 * Everything that the usage page shows for a time range, from the rollups.
 * @module
 */

import { countKeyEvents } from "../../db/state/count-key-events";
import { listGroupsOf, listGroupTokenIds } from "../../db/team/group-parts";
import { readSettings } from "../../db/team/settings";
import { sumLoggedBuckets } from "../../db/usage/read-logged-buckets";
import { type CellDimension, type CellSum, sumCells } from "../../db/usage/read-usage-cells";
import { formatTag } from "../../tags/tag-text";
import { type ChartSeries, MAX_SERIES, topSeries } from "../../usage/chart-series";
import { distinctNames } from "../../usage/distinct-names";
import { comparedRanges, type TimeRange } from "../../usage/figures/compared-ranges";
import { GRAIN_MS, isOfLog, type TimeGrain, wholeBuckets } from "../../usage/figures/time-grain";
import { NANO_PER_USD } from "../../usage/price";
import { OUTCOMES, type Outcome } from "../../usage/types";
import { providerNames } from "../keys/known-provider";
import type { ManageContext } from "../manage-context";
import {
  type BoardSums,
  boardSums,
  perBucketTimes,
  type Quantiles,
  quantilesOf,
} from "./board-sums";
import { byTokenGroup } from "./by-token-group";
import { findNames } from "./find-names";
import { countLogged, isLogWhole, MOST_LOGGED } from "./logged-range";
import { toSums, type UsageSums } from "./read-usage";
import { groupedTag, isTagGroup, type TagFilter, type TagGroup, untagged } from "./tag-question";
import { totalOf } from "./total-of";
import { scopeOf, scopeWithin, tendsKey, type UsageReader } from "./usage-scope";

type PlainGroup = "provider" | "model" | "token" | "user" | "group" | "key" | "outcome";
export type UsageGroup = PlainGroup | TagGroup;

export interface UsageBoardInput {
  /** Minutes are counted from the request log; if these are too many requests, the board has hours. */
  readonly grain: TimeGrain;
  /** Start of the first bucket. */
  readonly fromMs: number;
  /** Not included; buckets that begin after now are left out. */
  readonly toMs: number;
  readonly groupBy: UsageGroup;
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  /** Ids. Not together with keys: only the request log knows which key served whom. */
  readonly token?: string | undefined;
  readonly user?: string | undefined;
  /** A group's id: then all is what its tokens were used for. Not together with keys. */
  readonly group?: string | undefined;
  /** A key's id: then all is what this key served. */
  readonly key?: string | undefined;
  /** Not together with tokens and keys, nor with groups of another tag. */
  readonly tag?: TagFilter | undefined;
  readonly outcome?: Outcome | undefined;
}

export interface UsageGroupSums extends UsageSums {
  /** Slug, name, id or outcome; empty if there is none. */
  readonly id: string;
}

export interface UsageChoices {
  readonly providers: readonly string[];
  readonly models: readonly string[];
  readonly tokens: readonly string[];
  readonly users: readonly string[];
  /** The groups that the reader may name. */
  readonly groups: readonly string[];
  /** Tags that usage is counted by. */
  readonly tagNames: readonly string[];
  /** Their values, as `formatTag` writes them. */
  readonly tags: readonly string[];
}

export interface ComparedSums {
  readonly current: BoardSums;
  readonly before: BoardSums;
  /** The time of `before`. */
  readonly beforeRange: TimeRange;
}

/** Lists have one entry per bucket. Null means a bucket without anything to measure. */
export interface UsageBoard {
  readonly grain: TimeGrain;
  /**
   * Null unless minutes were requested: `whole` if the log has every request, `partial` if some are missing, `tooMany`
   * if the board has hours instead.
   */
  readonly minutes: "whole" | "partial" | "tooMany" | null;
  /** Starts, epoch milliseconds. */
  readonly buckets: readonly number[];
  /** Start of the bucket that isn't over yet; null if the range has none. */
  readonly openBucketMs: number | null;
  readonly totals: BoardSums;
  /** The finished buckets beside those of the period before; null if there are none. */
  readonly compared: ComparedSums | null;
  /** Those that occurred. */
  readonly outcomes: readonly { readonly outcome: Outcome; readonly values: readonly number[] }[];
  /** By requests, most first, at most `MAX_GROUPS`. */
  readonly groups: readonly UsageGroupSums[];
  readonly tokens: readonly ChartSeries[];
  /** US dollars. */
  readonly costs: readonly ChartSeries[];
  /** Of successful responses, or of the requested outcome; milliseconds. */
  readonly durations: readonly Quantiles[];
  readonly firstTokens: readonly Quantiles[];
  readonly attemptsPerAnswer: readonly (number | null)[];
  readonly keyEvents: {
    readonly cooled: readonly number[];
    readonly blocked: readonly number[];
  };
  /** The available filters. */
  readonly choices: UsageChoices;
  /** The names of the tokens, members and keys above, by id, all different; deleted ones are missing. */
  readonly names: Readonly<Record<string, string>>;
  /** By slug. */
  readonly providerNames: Readonly<Record<string, string>>;
}

const DIMENSIONS = {
  provider: "provider",
  model: "model",
  token: "subjectId",
  user: "userId",
  // Combined by the tokens' groups afterwards.
  group: "subjectId",
  key: "subjectId",
  outcome: "outcome",
} as const satisfies Record<PlainGroup, CellDimension>;

function dimensionOf(group: UsageGroup): Exclude<CellDimension, "bucketMs"> {
  return isTagGroup(group) ? "subjectId" : DIMENSIONS[group];
}

export const MAX_GROUPS = 200;
const MAX_CHOICES = 1_000;

/**
 * Members get their own usage, and that of a group of which they are an admin and of its keys, whatever else they ask
 * for; and no other keys: which of their requests a key served isn't counted.
 */
export async function readUsageBoard(
  context: ManageContext,
  reader: UsageReader,
  input: UsageBoardInput,
): Promise<UsageBoard> {
  if (!isOfLog(input.grain)) return readBoard(context, reader, input, null);
  const [before] = [comparedOf(input, context.nowMs())?.before];
  const [requests = 0, requestsBefore = 0] = await countLogged(context, [
    input,
    ...(before === undefined ? [] : [before]),
  ]);
  if (requests > MOST_LOGGED) {
    const hours = { ...input, ...wholeBuckets(input, "hour"), grain: "hour" } as const;
    return { ...(await readBoard(context, reader, hours, null)), minutes: "tooMany" };
  }
  return readBoard(context, reader, input, {
    isWhole: await isLogWhole(context, input),
    withBefore: requests + requestsBefore <= MOST_LOGGED,
  });
}

function comparedOf({ fromMs, toMs, grain }: UsageBoardInput, nowMs: number) {
  return comparedRanges({ fromMs, toMs }, GRAIN_MS[grain], nowMs);
}

/** @param log How the request log may be used; null for a board of hours or days. */
async function readBoard(
  context: ManageContext,
  reader: UsageReader,
  input: UsageBoardInput,
  log: { readonly isWhole: boolean; readonly withBefore: boolean } | null,
): Promise<UsageBoard> {
  const { db } = context;
  const now = context.nowMs();
  const scope = scopeOf(reader);
  const isFree = scope === undefined || (await tendsKey(context, reader, input.key));
  const key = isFree ? input.key : undefined;
  const groupBy = groupOf(input, scope !== undefined && key === undefined);
  const isOfKeys = groupBy === "key" || key !== undefined;
  const grouped = groupedTag(groupBy);
  const tag = isOfKeys ? undefined : input.tag;
  const tagName = isOfKeys ? undefined : (grouped ?? tag?.name);
  const { fromMs, provider, outcome } = input;
  // Of what rollups have.
  const grain = input.grain === "day" ? "day" : "hour";
  const toMs = Math.min(input.toMs, now + 1);
  // For keys, models are only distinguished by hour.
  const model = isOfKeys && grain === "day" ? undefined : input.model;
  const side = isOfKeys ? "key" : tagName === undefined ? "caller" : "tag";
  // The rows of keys and tags have no token.
  const group = side === "caller" ? input.group : undefined;
  const userId = (await scopeWithin(context, reader, group)) ?? input.user;
  const where = isOfKeys
    ? { provider, model, outcome, subjectId: key, userId: undefined }
    : { provider, model, outcome, subjectId: tagName ? tag?.value : input.token, userId };
  const ofTag = tagName === undefined ? {} : { tag: tagName };
  const ofGroup =
    group === undefined
      ? {}
      : ({ only: { dimension: "subjectId", values: await listGroupTokenIds(db, group) } } as const);
  const range = { side, ...ofTag, ...ofGroup, grain, fromMs, toMs } as const;
  const by = dimensionOf(groupBy);
  const bucketMs = GRAIN_MS[input.grain];
  const buckets = Array.from(
    { length: Math.max(0, Math.ceil((toMs - fromMs) / bucketMs)) },
    (_, index) => fromMs + index * bucketMs,
  );
  const hours = log === null ? { fromMs, toMs } : wholeBuckets({ fromMs, toMs }, "hour");
  const callers = { side: "caller", grain, ...hours } as const;
  const used = { ...callers, where: { userId: scope }, measures: [] };
  const { settings } = await readSettings(db);
  const tagNames = settings.tags.rollUp;
  // Without a filter, the requests that lack the tag are a group too.
  const hasUntagged = grouped !== undefined && tag === undefined && log === null;
  const all = { ...callers, where: { provider, model, outcome, userId } };
  // What all keys served is what callers got, in a few rows; that of a part of them would be read key by key.
  const isOfAllKeys = isOfKeys && key === undefined;
  const isComparable = !isOfAllKeys || (provider === undefined && outcome === undefined);
  const compared = isComparable && log?.withBefore !== false ? comparedOf(input, now) : null;
  // Times by token and member are not kept together: to read them costs as much as the page.
  const withTimesBefore =
    (tagName === undefined || hasUntagged) && where.userId === undefined && group === undefined;
  const none = { fromMs, toMs: fromMs };
  const readRollups = async () =>
    sumCells(db, [
      { ...range, where, by: [...new Set(["bucketMs", "outcome", by] as const)] },
      {
        // By tag, times aren't counted.
        ...(tagName === undefined ? { ...range, where } : all),
        where: { ...(tagName === undefined ? where : all.where), outcome: outcome ?? "ok" },
        by: ["bucketMs"],
        measures: [],
        withTimes: true,
      },
      {
        ...(hasUntagged || isOfAllKeys ? all : { ...range, where }),
        ...(compared?.before ?? none),
        by: ["outcome"],
        withTimes: withTimesBefore && (isOfKeys || input.token === undefined),
      },
    ]);
  const readLog = async () => {
    const { subjectId: _, ...plain } = where;
    const asked = {
      where: isOfKeys ? plain : { ...plain, subjectId: input.token },
      ...{ tokens: ofGroup.only?.values, keyId: key, tag },
    };
    const subject = groupBy === "key" ? "key" : grouped === undefined ? "token" : { tag: grouped };
    const [cells, before] = await Promise.all([
      sumLoggedBuckets(db, {
        ...{ ...asked, fromMs, toMs, stepMs: bucketMs, by },
        // With a filter for a token, its requests are grouped by something else.
        subject: input.token === undefined ? subject : "token",
      }),
      compared === null
        ? []
        : sumLoggedBuckets(db, { ...asked, ...compared.before, subject: "token" }),
    ]);
    return [cells, perBucketTimes(cells, outcome ?? "ok"), before];
  };
  const [
    [cells = [], times = [], cellsBefore = []],
    [ofModels = [], ofCallers = [], ...more],
    events,
    teamGroups,
    labels,
  ] = await Promise.all([
    log === null ? readRollups() : readLog(),
    sumCells(db, [
      { ...used, by: ["provider", "model"] },
      { ...used, by: ["subjectId", "userId"] },
      ...tagNames.map((name) => ({ ...used, side: "tag", tag: name, by: ["subjectId"] }) as const),
      ...(hasUntagged ? [{ ...all, by: ["bucketMs", "outcome"] } as const] : []),
    ]),
    countKeyEvents(db, { fromMs, toMs, bucketMs }, { provider, model, keyId: key }),
    listGroupsOf(db, scope ?? null),
    providerNames(context),
  ]);
  const found = groupBy === "group" ? await byTokenGroup(db, cells) : cells;
  const whole = more[tagNames.length] ?? [];
  const ofTags = more.slice(0, tagNames.length);
  const placeOf = (row: CellSum) => `${row.bucketMs} ${row.outcome}`;
  const sums = hasUntagged ? [...found, ...untagged(whole, found, placeOf)] : found;
  const groups = overTime(sums, by).slice(0, MAX_GROUPS);
  const drawn = [...new Set([...greatest(groups, by, tokensOf), ...greatest(groups, by, costOf)])];
  const chosen = choicesOf(
    {
      providers: namesIn(ofModels, "provider"),
      models: namesIn(ofModels, "model"),
      subjects: namesIn(ofCallers, "subjectId"),
      users: namesIn(ofCallers, "userId"),
      tags: tagNames.map((name, index) => [name, namesIn(ofTags[index] ?? [], "subjectId")]),
    },
    { ...input, user: scope ?? input.user },
    teamGroups.map(({ id }) => id),
  );
  // Values of tags are no ids, whatever they look like.
  const shown =
    grouped === undefined && groupBy !== "group" ? [...drawn, ...groups.map((row) => row[by])] : [];
  const ids = [...shown, ...chosen.tokens, ...chosen.users];
  const named = await findNames(context, [...new Set(ids)]);
  const names = new Map([...named, ...teamGroups.map(({ id, name }) => [id, name] as const)]);

  const perBucket = (rows: readonly CellSum[], value: (row: CellSum) => number) => {
    const sums = new Map<number, number>();
    for (const row of rows) sums.set(row.bucketMs, (sums.get(row.bucketMs) ?? 0) + value(row));
    return buckets.map((start) => sums.get(start) ?? 0);
  };
  const series = (value: (row: CellSum) => number) =>
    topSeries(
      perBucket(sums, value),
      new Map(
        drawn.map(
          (id) =>
            [
              id,
              perBucket(
                sums.filter((row) => row[by] === id),
                value,
              ),
            ] as const,
        ),
      ),
    );
  const answers = sums.filter((row) => row.outcome === "ok");
  const attempts = perBucket(sums, (row) => row.values.attempts);
  const answered = perBucket(answers, requestsOf);
  const last = buckets.at(-1);
  const isFinished = (row: CellSum) => row.bucketMs < (compared?.current.toMs ?? fromMs);
  // By tag, times aren't counted; those of all requests are drawn only where no value is chosen.
  const isTimed = tagName === undefined || hasUntagged || log !== null;
  const eventsOf = (kind: "cooled" | "blocked") => {
    const counts = new Map(
      events.filter((each) => each.kind === kind).map((each) => [each.bucketMs, each.count]),
    );
    return buckets.map((start) => counts.get(start) ?? 0);
  };
  return {
    grain: input.grain,
    minutes: log && (log.isWhole ? "whole" : "partial"),
    buckets,
    openBucketMs: last !== undefined && now < last + bucketMs ? last : null,
    totals: boardSums(sums, isTimed ? times : []),
    compared: compared && {
      current: boardSums(sums.filter(isFinished), isTimed ? times.filter(isFinished) : []),
      before: boardSums(
        cellsBefore,
        cellsBefore.filter((row) => row.outcome === (outcome ?? "ok")),
      ),
      beforeRange: compared.before,
    },
    outcomes: OUTCOMES.map((each) => ({
      outcome: each,
      values: perBucket(
        sums.filter((row) => row.outcome === each),
        requestsOf,
      ),
    })).filter(({ values }) => values.some((value) => value > 0)),
    groups: groups.map((row) => ({ id: row[by], ...toSums(row.values) })),
    tokens: series(tokensOf),
    costs: series(costOf).map(({ id, values }) => ({
      id,
      values: values.map((nano) => nano / NANO_PER_USD),
    })),
    durations: quantilesOf(buckets, times, (row) => row.durations),
    firstTokens: quantilesOf(buckets, times, (row) => row.firstTokens),
    attemptsPerAnswer: answered.map((count, index) =>
      count === 0 ? null : (attempts[index] ?? 0) / count,
    ),
    keyEvents: { cooled: eventsOf("cooled"), blocked: eventsOf("blocked") },
    choices: chosen,
    names: Object.fromEntries(distinctNames(names)),
    providerNames: labels,
  };
}

const requestsOf = (row: CellSum) => row.values.requests;
const tokensOf = (row: CellSum) => row.values.inputTokens + row.values.outputTokens;
const costOf = (row: CellSum) => row.values.costNanoUsd;

/** Sums over combined buckets, those with the most requests first. */
function overTime(
  rows: readonly CellSum[],
  by: Exclude<CellDimension, "bucketMs">,
): readonly CellSum[] {
  return [...Map.groupBy(rows, (row) => row[by]).values()]
    .flatMap((same) => same.slice(0, 1).map((first) => ({ ...first, values: totalOf(same) })))
    .sort((a, b) => b.values.requests - a.values.requests);
}

/** What occurs, sorted. */
function namesIn(
  rows: readonly CellSum[],
  dimension: Exclude<CellDimension, "bucketMs">,
): readonly string[] {
  const names = new Set(rows.map((row) => row[dimension]));
  names.delete("");
  return [...names].sort().slice(0, MAX_CHOICES);
}

function greatest(
  rows: readonly CellSum[],
  by: Exclude<CellDimension, "bucketMs">,
  value: (row: CellSum) => number,
): string[] {
  return rows
    .toSorted((a, b) => value(b) - value(a))
    .slice(0, MAX_SERIES)
    .map((row) => row[by]);
}

/** Usage of a tag isn't known by token, key or another tag: then it is split by model. */
function groupOf({ groupBy, tag, key }: UsageBoardInput, isOwn: boolean): UsageGroup {
  const grouped = groupedTag(groupBy);
  if (groupBy === "key") return isOwn ? "model" : "key";
  if (grouped !== undefined && key !== undefined && !isOwn) return "model";
  if (groupBy === "group" && key !== undefined && !isOwn) return "model";
  if (tag === undefined) return groupBy;
  const isOfTokens = groupBy === "token" || groupBy === "group";
  const isKnown = grouped === undefined ? !isOfTokens : grouped === tag.name;
  return isKnown ? groupBy : "model";
}

interface UsedNames {
  readonly providers: readonly string[];
  readonly models: readonly string[];
  readonly subjects: readonly string[];
  readonly users: readonly string[];
  /** By the tag's name. */
  readonly tags: readonly (readonly [name: string, values: readonly string[]])[];
}

/** A selected filter stays available, even if nothing was used. */
function choicesOf(
  used: UsedNames,
  chosen: UsageBoardInput,
  groups: readonly string[],
): UsageChoices {
  const including = (names: readonly string[], name: string | undefined) =>
    name === undefined || names.includes(name) ? names : [...names, name].sort();
  return {
    providers: including(used.providers, chosen.provider),
    models: including(used.models, chosen.model),
    tokens: including(used.subjects, chosen.token),
    users: including(used.users, chosen.user),
    groups,
    tagNames: used.tags.map(([name]) => name),
    tags: including(
      used.tags.flatMap(([name, values]) => values.map((value) => formatTag(name, value))),
      chosen.tag && formatTag(chosen.tag.name, chosen.tag.value),
    ),
  };
}
