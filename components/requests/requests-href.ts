import { filterText, writeFilter } from "./filter-text";

/** A link's filters of the log. Times are epoch milliseconds, `untilMs` is not included. */
export interface RequestsLink {
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly token?: string | undefined;
  readonly user?: string | undefined;
  readonly group?: string | undefined;
  readonly key?: string | undefined;
  readonly outcome?: string | undefined;
  /** All but this outcome. */
  readonly exceptOutcome?: string | undefined;
  /** From `formatTag`. */
  readonly tags?: string | undefined;
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

/** The log of the requests that make up a figure. */
export function requestsHref({ sinceMs, untilMs, ...filter }: RequestsLink): `/requests?${string}` {
  const times = {
    since: sinceMs === undefined ? undefined : minuteText(sinceMs),
    until: untilMs === undefined ? undefined : minuteText(untilMs),
  };
  const { tags, group, exceptOutcome, ...names } = filter;
  const escaped = Object.entries(names).map(([name, value]) => [name, value && filterText(value)]);
  const except = exceptOutcome !== undefined && {
    outcome: writeFilter({ values: [exceptOutcome], isNot: true }),
  };
  const set = Object.entries({
    ...Object.fromEntries(escaped),
    ...except,
    tags,
    group,
    ...times,
  }).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  return `/requests?${new URLSearchParams(set)}`;
}

/** `2026-11-30T14:00Z`, the minute that contains a time. */
export function minuteText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16)}Z`;
}

/** The time in a link; null if invalid. */
export function momentOf(text: string | undefined): number | null {
  if (text === undefined || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z$/.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}
