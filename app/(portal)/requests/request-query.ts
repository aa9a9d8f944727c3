import { readFilter } from "@/components/requests/filter-text";
import { momentOf } from "@/components/requests/requests-href";
import { dayStartMs } from "@/i18n/day-start";
import { parseInput } from "@/lib/manage/parse-input";
import {
  LISTED_FIELDS,
  type RequestFilterInput,
  type RequestLists,
  requestFilterInput,
} from "@/lib/manage/usage/usage-schemas";
import { parseTagMatches } from "@/lib/tags/tag-text";
import { OUTCOMES } from "@/lib/usage/types";

export type SearchParams = Readonly<Record<string, string | readonly string[] | undefined>>;

const MAX_NAME_CHARS = 200;

/**
 * The log's filters in the page's URL: `provider`, `model`, `key`, `token`, `user`, `outcome` and `status` (of which
 * `filter-text.ts` allows several values, or all but some), `group`, `slow` (took at least this many seconds), `retried`,
 * `q` (an id, a status or words of an error), `tags` (`customer=acme,feature`), and the days `from` and `to`, both
 * included, on the reader's calendar; links from figures use times instead, `since` and `until`. Invalid values are
 * ignored.
 */
export function requestFilterOf(params: SearchParams, timeZone: string): RequestFilterInput {
  const name = (value: SearchParams[string]) => text(value)?.slice(0, MAX_NAME_CHARS);
  const slow = Number(text(params.slow));
  const { one, lists } = listsOf(params);
  const filter = parseInput(requestFilterInput, {
    q: name(params.q),
    ...one,
    group: name(params.group),
    minDurationMs: slow > 0 && slow < 1e6 ? Math.round(slow * 1_000) : undefined,
    retried: text(params.retried) === "true" ? "true" : undefined,
    tags: parseTagMatches(text(params.tags) ?? "") === null ? undefined : text(params.tags),
    from: latest(dayStartMs(text(params.from) ?? "", timeZone), momentOf(text(params.since))),
    to: earliest(dayStartMs(text(params.to) ?? "", timeZone, 1), momentOf(text(params.until))),
  });
  return Object.keys(lists).length === 0 ? filter : { ...filter, lists };
}

/** Longer lists are cut. */
const MAX_LIST_CHARS = 4_000;

/** Filters with one value, and those with several or for all but some. */
function listsOf(params: SearchParams): {
  readonly one: Readonly<Record<string, string>>;
  readonly lists: RequestLists;
} {
  const one: Record<string, string> = {};
  const lists: RequestLists = {};
  for (const field of LISTED_FIELDS) {
    const read = readFilter(text(params[field])?.slice(0, MAX_LIST_CHARS));
    const values = read?.values
      .map((value) => value.trim().slice(0, MAX_NAME_CHARS))
      .filter((value) => isValid(field, value));
    const [first] = values ?? [];
    if (read === undefined || values === undefined || first === undefined) continue;
    if (read.isNot || values.length > 1) lists[field] = { values, isNot: read.isNot };
    else one[field] = first;
  }
  return { one, lists };
}

function isValid(field: (typeof LISTED_FIELDS)[number], value: string): boolean {
  if (field === "outcome") return OUTCOMES.some((each) => each === value);
  return field === "status" ? /^[1-5]\d\d$/.test(value) : value !== "";
}

function latest(...times: readonly (number | null)[]): number | undefined {
  const known = times.filter((ms) => ms !== null);
  return known.length === 0 ? undefined : Math.max(...known);
}

function earliest(...times: readonly (number | null)[]): number | undefined {
  const known = times.filter((ms) => ms !== null);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** The first value of a parameter, trimmed; undefined for a blank one. */
export function text(value: SearchParams[string]): string | undefined {
  const first = typeof value === "object" ? value[0] : value;
  return first?.trim() || undefined;
}
