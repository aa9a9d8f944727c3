import { dayStartMs } from "@/i18n/day-start";
import { type AuditFilterInput, auditFilterInput } from "@/lib/manage/audit/audit-schemas";
import { parseInput } from "@/lib/manage/parse-input";

export type SearchParams = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The log's filters in the page's URL: `q`, `actor` (an id), `action`, `subject` (`kind/id`), and the days `from` and
 * `to`, both included, on the reader's calendar. Invalid values are ignored.
 */
export function auditFilterOf(params: SearchParams, timeZone: string): AuditFilterInput {
  const [subjectKind, subjectId] = text(params.subject)?.split("/", 2) ?? [];
  return parseInput(auditFilterInput, {
    q: text(params.q)?.slice(0, 200),
    actor: text(params.actor)?.slice(0, 200),
    action: text(params.action)?.slice(0, 200),
    subjectKind: subjectId ? subjectKind?.slice(0, 200) || undefined : undefined,
    subjectId: subjectId?.slice(0, 200) || undefined,
    fromMs: dayStartMs(text(params.from) ?? "", timeZone) ?? undefined,
    toMs: dayStartMs(text(params.to) ?? "", timeZone, 1) ?? undefined,
  });
}

/** The first value of a parameter; undefined for a blank one. */
export function text(value: SearchParams[string]): string | undefined {
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === "string" && first.trim() !== "" ? first : undefined;
}
