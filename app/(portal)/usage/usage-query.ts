import { dayStartMs } from "@/i18n/day-start";
import type { UsageBoardInput, UsageGroup } from "@/lib/manage/usage/read-usage-board";
import { isTagGroup, oneTag } from "@/lib/manage/usage/tag-question";
import { parseTagMatches } from "@/lib/tags/tag-text";
import { OUTCOMES } from "@/lib/usage/types";

export type SearchParams = Readonly<Record<string, string | readonly string[] | undefined>>;

export const RANGES = ["24h", "today", "7d", "30d", "90d", "custom"] as const;
export type UsageRange = (typeof RANGES)[number];

/** And the tags that usage is counted by. */
export const GROUPS = ["model", "provider", "token", "user", "group", "key", "outcome"] as const;

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Longer ranges are shown by day. */
const LONGEST_BY_HOUR_MS = 3 * DAY_MS;
const LONGEST_MS = 731 * DAY_MS;
const DAYS = { "7d": 7, "30d": 30, "90d": 90 } as const;

export interface UsageQuery extends UsageBoardInput {
  readonly range: UsageRange;
}

/**
 * The page's query in its URL: `range` (with `from` and `to`, days of the reader's calendar, both included, if it is
 * `custom`), `by`, and filters. Invalid values are ignored. Hours are global, days are UTC, because usage is summed in
 * this way.
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
    ...timesOf(range, text(params.from) ?? "", text(params.to) ?? "", nowMs, timeZone),
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

function timesOf(
  range: UsageRange,
  from: string,
  to: string,
  nowMs: number,
  timeZone: string,
): Times {
  const hourMs = floorTo(nowMs, HOUR_MS);
  const lastDay: Times = { grain: "hour", fromMs: hourMs - 23 * HOUR_MS, toMs: hourMs + HOUR_MS };
  if (range === "24h") return lastDay;
  if (range === "today") return { ...lastDay, fromMs: todayStartMs(nowMs, timeZone) };
  if (range !== "custom") {
    const toMs = floorTo(nowMs, DAY_MS) + DAY_MS;
    return { grain: "day", fromMs: toMs - DAYS[range] * DAY_MS, toMs };
  }
  const fromMs = dayStartMs(from, timeZone);
  const toMs = dayStartMs(to === "" ? from : to, timeZone, 1);
  if (fromMs === null || toMs === null || toMs <= fromMs || toMs - fromMs > LONGEST_MS) {
    return lastDay;
  }
  if (toMs - fromMs <= LONGEST_BY_HOUR_MS) {
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
function text(value: SearchParams[string]): string | undefined {
  const first = (typeof value === "string" ? value : value?.[0])?.trim();
  return first === undefined || first === "" || first.length > 200 ? undefined : first;
}
