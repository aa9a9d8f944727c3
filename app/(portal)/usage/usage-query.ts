import { momentOf } from "@/components/requests/requests-href";
import { dayStartMs } from "@/i18n/day-start";
import type { UsageBoardInput, UsageGroup } from "@/lib/manage/usage/read-usage-board";
import { isTagGroup, oneTag } from "@/lib/manage/usage/tag-question";
import { parseTagMatches } from "@/lib/tags/tag-text";
import { GRAIN_MS, grainOf, type TimeGrain, wholeBuckets } from "@/lib/usage/figures/time-grain";
import { OUTCOMES } from "@/lib/usage/types";

export type SearchParams = Readonly<Record<string, string | readonly string[] | undefined>>;

export const RANGES = ["24h", "1h", "6h", "today", "7d", "30d", "90d", "custom"] as const;
export type UsageRange = (typeof RANGES)[number];

/** And the tags that usage is counted by. */
export const GROUPS = ["model", "provider", "token", "user", "group", "key", "outcome"] as const;

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const LONGEST_MS = 731 * DAY_MS;
const DAYS = { "7d": 7, "30d": 30, "90d": 90 } as const;

export interface UsageQuery extends UsageBoardInput {
  readonly range: UsageRange;
}

/**
 * The page's query in its URL: `range` (if it is `custom`, with `from` and `to`, days of the reader's calendar, both
 * included, or with the minutes `since` and `until`, as a part of a chart has them), `by`, and filters. Invalid values
 * are ignored. Minutes and hours are global, days are UTC, because usage is summed in this way.
 */
export function usageQueryOf(params: SearchParams, nowMs: number, timeZone: string): UsageQuery {
  const range = RANGES.find((each) => each === text(params.range)) ?? "24h";
  const by = text(params.by) ?? "";
  const groupBy: UsageGroup = isTagGroup(by) ? by : (GROUPS.find((each) => each === by) ?? "model");
  const isOfKeys = groupBy === "key";
  const tag = isOfKeys ? undefined : oneTag(parseTagMatches(text(params.tags) ?? ""));
  const isOfTag = tag !== undefined || isTagGroup(groupBy);
  return {
    range,
    ...timesOf(range, params, nowMs, timeZone),
    groupBy,
    provider: text(params.provider),
    model: text(params.model),
    outcome: OUTCOMES.find((each) => each === text(params.outcome)),
    token: isOfKeys || isOfTag ? undefined : text(params.token),
    user: isOfKeys ? undefined : text(params.user),
    tag,
  };
}

type Times = Pick<UsageQuery, "grain" | "fromMs" | "toMs">;

function timesOf(range: UsageRange, params: SearchParams, nowMs: number, timeZone: string): Times {
  const hourMs = floorTo(nowMs, HOUR_MS);
  const lastDay: Times = { grain: "hour", fromMs: hourMs - 23 * HOUR_MS, toMs: hourMs + HOUR_MS };
  if (range === "24h") return lastDay;
  if (range === "today") return { ...lastDay, fromMs: todayStartMs(nowMs, timeZone) };
  if (range === "1h") return lastOf("minute", HOUR_MS, nowMs);
  if (range === "6h") return lastOf("fiveMinutes", 6 * HOUR_MS, nowMs);
  if (range !== "custom") return lastOf("day", DAYS[range] * DAY_MS, nowMs);
  return partOf(params) ?? daysOf(params, timeZone) ?? lastDay;
}

/** The bucket in progress is the last one. */
function lastOf(grain: TimeGrain, lengthMs: number, nowMs: number): Times {
  const toMs = floorTo(nowMs, GRAIN_MS[grain]) + GRAIN_MS[grain];
  return { grain, fromMs: toMs - lengthMs, toMs };
}

/** Between two minutes; null if they aren't given, or the range is empty or too long. */
function partOf(params: SearchParams): Times | null {
  const [fromMs, toMs] = [momentOf(text(params.since)), momentOf(text(params.until))];
  if (fromMs === null || toMs === null || toMs <= fromMs || toMs - fromMs > LONGEST_MS) return null;
  const grain = grainOf({ fromMs, toMs });
  return { grain, ...wholeBuckets({ fromMs, toMs }, grain) };
}

/** Days of the reader's calendar: few of them by the hour, many as days of UTC. */
function daysOf(params: SearchParams, timeZone: string): Times | null {
  const [from = "", to = ""] = [text(params.from), text(params.to)];
  const fromMs = dayStartMs(from, timeZone);
  const toMs = dayStartMs(to === "" ? from : to, timeZone, 1);
  if (fromMs === null || toMs === null || toMs <= fromMs || toMs - fromMs > LONGEST_MS) return null;
  if (grainOf({ fromMs, toMs }) !== "day") {
    return { grain: "hour", fromMs: floorTo(fromMs, HOUR_MS), toMs };
  }
  return {
    grain: "day",
    fromMs: dayStartMs(from, "UTC") ?? fromMs,
    toMs: dayStartMs(to, "UTC", 1) ?? toMs,
  };
}

/** When the reader's day began, to the full hour: usage has no finer resolution. */
export function todayStartMs(nowMs: number, timeZone: string): number {
  const day = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(nowMs);
  return floorTo(dayStartMs(day, timeZone) ?? nowMs, HOUR_MS);
}

function floorTo(ms: number, step: number): number {
  return Math.floor(ms / step) * step;
}

/** The first value of a parameter; undefined for a blank or very long one. */
export function text(value: SearchParams[string]): string | undefined {
  const first = (typeof value === "string" ? value : value?.[0])?.trim();
  return first === undefined || first === "" || first.length > 200 ? undefined : first;
}
