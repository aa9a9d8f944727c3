import { momentOf } from "@/components/requests/requests-href";
import { dayStartMs } from "@/i18n/day-start";
import { parseInput } from "@/lib/manage/parse-input";
import { type RequestFilterInput, requestFilterInput } from "@/lib/manage/usage/usage-schemas";
import { parseTagMatches } from "@/lib/tags/tag-text";
import { OUTCOMES } from "@/lib/usage/types";

export type SearchParams = Readonly<Record<string, string | readonly string[] | undefined>>;

const MAX_NAME_CHARS = 200;

/**
 * The log's filters in the page's URL: `provider`, `model`, `key`, `token`, `user`, `group`, `outcome`, `status`, `slow`
 * (took at least this many seconds), `retried`, `tags` (`customer=acme,feature`), and the days `from` and `to`, both
 * included, on the reader's calendar; links
 * from figures use times instead, `since` and `until`. Invalid values are ignored.
 */
export function requestFilterOf(params: SearchParams, timeZone: string): RequestFilterInput {
  const name = (value: SearchParams[string]) => text(value)?.slice(0, MAX_NAME_CHARS);
  const slow = Number(text(params.slow));
  return parseInput(requestFilterInput, {
    provider: name(params.provider),
    model: name(params.model),
    key: name(params.key),
    token: name(params.token),
    user: name(params.user),
    group: name(params.group),
    outcome: OUTCOMES.find((each) => each === text(params.outcome)),
    status: /^[1-5]\d\d$/.test(text(params.status) ?? "") ? text(params.status) : undefined,
    minDurationMs: slow > 0 && slow < 1e6 ? Math.round(slow * 1_000) : undefined,
    retried: text(params.retried) === "true" ? "true" : undefined,
    tags: parseTagMatches(text(params.tags) ?? "") === null ? undefined : text(params.tags),
    from: latest(dayStartMs(text(params.from) ?? "", timeZone), momentOf(text(params.since))),
    to: earliest(dayStartMs(text(params.to) ?? "", timeZone, 1), momentOf(text(params.until))),
  });
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
